/** Lists asked for with bad limits, filters and cursors. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, send } from '../support/client.ts';
import { bystander } from './bystander.ts';
import { expectOneOf, expectRefusal } from './refusal.ts';

const victim = bystander();
const LISTS = ['/api/jobs/', '/api/v1/jobs'];

describe.each(LISTS)('%s', (list) => {
  const words =
    { '/api/jobs/': ['done', 'Pending'], '/api/v1/jobs': ['in_progress', 'partial_success'] }[list] ?? [];

  it.each([
    ...[
      '0',
      '-1',
      '1.5',
      'abc',
      'NaN',
      'Infinity',
      '1e999',
      '0x10',
      '1;2',
      '%00',
      '%F0%9F%98%80',
      '5%00',
    ].map((n) => [`limit=${n}`, 'limit']),
    ...[...words, 'nope', 'null', 'constructor', '__proto__', 'pending,running', '%00'].map((s) => [
      `status=${s}`,
      'status',
    ]),
    ...['nope', 'SEO', 'constructor', '%00'].map((c) => [`category=${c}`, 'category']),
    ['foo=1', 'foo'],
    ['statsu=pending', 'status'],
    ['limt=1', 'limit'],
    ['Limit=1', 'Limit'],
    ['organization_id=other', 'organization_id'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['status%00=pending', 'status'],
    ['status[]=pending', 'status'],
    ['limit=5&foo=', 'foo'],
  ])('?%s is a 422 that names %s', async (query, named) => {
    const answer = await victim.client.get(`${list}?${query}`);
    expectRefusal(answer, 422, 'validation_failed');
    expect(JSON.stringify(answer.json.errors)).toContain(named);
  });

  it('an empty value means absent, and above 100 is read as 100', async () => {
    const all = (await victim.client.get(list)).text;
    for (const query of ['limit=', 'status=', 'category=', 'cursor=', 'limit=101', 'limit=999999999', '']) {
      const answer = await victim.client.get(`${list}?${query}`);
      expect([answer.status, answer.text], query).toEqual([200, all]);
    }
  });

  it('a hundred and fifty filters are answered, or refused', async () => {
    for (const filter of ['status=pending', 'status=running', 'tag=a', 'limit=1', 'category=sync']) {
      const answer = await victim.client.get(`${list}?${Array(150).fill(filter).join('&')}`);
      if (answer.status !== 200) expectRefusal(answer, 422, 'validation_failed');
    }
  });
});

describe('filters of /api/jobs/', () => {
  it.each(['nope', '0', '2025-13-01T00:00:00Z', '2025-02-30T00:00:00Z', '%00', "'", '1e999'])(
    'created_after and created_before refuse %s',
    async (value) => {
      for (const name of ['created_after', 'created_before']) {
        const answer = await victim.client.get(`/api/jobs/?${name}=${value}`);
        expectRefusal(answer, 422, 'validation_failed');
        expect(JSON.stringify(answer.json.errors)).toContain(name);
      }
    },
  );

  it('text is compared as it stands: no wildcard, no SQL', async () => {
    const hostile = [
      '%25',
      '_______',
      "import'%20OR%201=1--",
      "'",
      '%22',
      'import%00',
      'IMPORT',
      '%ED%A0%80',
      '*',
    ];
    for (const name of ['job_type', 'tag', 'triggered_by']) {
      for (const value of hostile) {
        const answer = await victim.client.get(`/api/jobs/?${name}=${value}`);
        if (answer.status === 200) expect(answer.json.jobs, `${name}=${value}`).toEqual([]);
        else expectRefusal(answer, 422, 'validation_failed');
      }
    }
  });
});

describe('cursors', () => {
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
});
