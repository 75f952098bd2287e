/** Cursors invented, changed, or made for another list: a position is only good where it was given. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, send } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { expectOneOf, expectRefusal } from './refusal.ts';

const victim = bystander();
let owner: Client;
let native: string;
let monitoring: string;

const next = (answer: Answer): string => {
  const link = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get('Link') ?? '')?.[1];
  return new URL(link ?? '', 'https://headway.test').searchParams.get('cursor') ?? '';
};
const ask = (client: Client, list: string, cursor: string, more = '') =>
  client.get(`${list}?limit=1${more}&cursor=${encodeURIComponent(cursor)}`);
const refused = async (client: Client, list: string, cursor: string) =>
  expectRefusal(await ask(client, list, cursor), 400, 'invalid_cursor');

beforeAll(async () => {
  owner = await makeClient();
  for (let i = 0; i < 3; i++) await owner.createJob();
  native = (await owner.get('/api/jobs/?limit=1')).json.next_cursor;
  monitoring = next(await owner.get('/api/v1/jobs?limit=1'));
  expect([typeof native, native.length > 0, monitoring.length > 0]).toEqual(['string', true, true]);
});

it('as given, they lead on', async () => {
  expect((await ask(owner, '/api/jobs/', native)).json.jobs).toHaveLength(1);
  expect((await ask(owner, '/api/v1/jobs', monitoring)).json).toHaveLength(1);
});

it.each(['[]=', '[0]=', '%5B%5D=', '=&cursor='])(
  'spelled as a list, ?cursor%s, they are the same',
  async (spelled) => {
    for (const [list, cursor] of [
      ['/api/jobs/', native],
      ['/api/v1/jobs', monitoring],
    ] as const) {
      const page = await owner.get(`${list}?limit=1&cursor${spelled}${encodeURIComponent(cursor)}`);
      expect(page.text).toBe((await ask(owner, list, cursor)).text);
      expectRefusal(await owner.get(`${list}?limit=1&cursor${spelled}x`), 400, 'invalid_cursor');
    }
    const { next_cursor } = (await owner.get('/api/events?limit=1')).json;
    const after = spelled.replace('cursor', 'after');
    const events = await owner.get(`/api/events?limit=1&after${after}${encodeURIComponent(next_cursor)}`);
    expect(events.json.events).toEqual(
      (await owner.get(`/api/events?limit=1&after=${next_cursor}`)).json.events,
    );
    expectRefusal(await owner.get(`/api/events?limit=1&after${after}x`), 400, 'invalid_cursor');
  },
);

it('invented ones are refused', async () => {
  const forged = [
    btoa('{"after":1}'),
    btoa('{}'),
    `${native}${native}`,
    native.slice(1),
    native.slice(0, -1),
  ];
  const junk = [
    'x',
    '0',
    '-1',
    'null',
    '../..',
    '%',
    '\u0000',
    '😀',
    '__proto__',
    "' OR 1=1--",
    'a'.repeat(6_000),
  ];
  for (const cursor of [...forged, ...junk, `${native}=`, `${native}A`, ` ${native}`, `${native}.`]) {
    await refused(owner, '/api/jobs/', cursor);
    await refused(owner, '/api/v1/jobs', cursor);
  }
});

it('no character can be changed', async () => {
  for (const [list, cursor] of [
    ['/api/jobs/', native],
    ['/api/v1/jobs', monitoring],
  ] as const) {
    for (let i = 0; i < cursor.length; i++) {
      const other = cursor[i] === 'A' ? 'B' : 'A';
      await refused(owner, list, cursor.slice(0, i) + other + cursor.slice(i + 1));
    }
  }
});

it('those of another organization are refused', async () => {
  await refused(victim.client, '/api/jobs/', native);
  await refused(victim.client, '/api/v1/jobs', monitoring);
});

it('elsewhere, or under other filters, they never lead astray', async () => {
  const mine = (await owner.get('/api/jobs/')).json.jobs.map((job: { job_id: string }) => job.job_id);
  for (const [list, cursor] of [
    ['/api/jobs/', monitoring],
    ['/api/v1/jobs', native],
  ] as const) {
    for (const more of ['', '&status=failed', '&category=seo']) {
      const answer = await ask(owner, list, cursor, more);
      if (answer.status !== 200) expectRefusal(answer, 400, 'invalid_cursor');
      else for (const job of answer.json.jobs ?? answer.json) expect(mine).toContain(job.job_id ?? job.id);
    }
  }
  const organizations = await send(
    env.ADMIN_TOKEN,
    'GET',
    `/admin/orgs?cursor=${encodeURIComponent(native)}`,
  );
  if (organizations.status !== 200) {
    expectOneOf(
      organizations,
      [
        [400, 'invalid_cursor'],
        [422, 'validation_failed'],
      ],
      'admin',
    );
  }
});

describe('a page of a job', () => {
  const KINDS = ['errors', 'warnings', 'logs', 'events'];

  async function makeLongJob(): Promise<string> {
    const jobId = await owner.createJob();
    for (const entity_key of ['a', 'b', 'c']) {
      const issue = { entity_key, error_type: 't', message: 'm' };
      await owner.report(jobId, { error: issue, warning: issue, stage: entity_key, message: 'm' });
    }
    return jobId;
  }

  it('is of one list, in whatever case its id is written', async () => {
    const jobId = await makeLongJob();
    const other = jobId.toUpperCase();
    for (const kind of KINDS) {
      for (const [given, taken] of [
        [jobId, other],
        [other, jobId],
        [other, other],
      ]) {
        const { next_cursor: cursor } = (await owner.get(`/api/jobs/${given}/${kind}?limit=1`)).json;
        const answer = await ask(owner, `/api/jobs/${taken}/${kind}`, cursor);
        expect([kind, answer.status, answer.json[kind]?.length], answer.text).toEqual([kind, 200, 1]);
      }
    }
  });

  it('takes the cursors of its own list of its own job alone', async () => {
    const [jobId, otherId] = [await makeLongJob(), await makeLongJob()];
    for (const kind of KINDS) {
      const { next_cursor: cursor } = (await owner.get(`/api/jobs/${jobId}/${kind}?limit=1`)).json;
      expect(cursor, kind).toEqual(expect.any(String));
      expect((await ask(owner, `/api/jobs/${jobId}/${kind}`, cursor)).status).toBe(200);
      await refused(owner, `/api/jobs/${otherId}/${kind}`, cursor);
      for (const other of KINDS)
        if (other !== kind) await refused(owner, `/api/jobs/${jobId}/${other}`, cursor);
      for (const list of ['/api/jobs/', '/api/v1/jobs']) await refused(owner, list, cursor);
      for (const foreign of [native, monitoring]) await refused(owner, `/api/jobs/${jobId}/${kind}`, foreign);
      for (let i = 0; i < cursor.length; i += 5) {
        const spoiled = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
        await refused(owner, `/api/jobs/${jobId}/${kind}`, spoiled);
      }
    }
  });
});
