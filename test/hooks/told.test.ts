/** What of a delivery was not taken as it came: its sender is told, and so are the arrivals. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import { arrivals, deliver, github, makeHook, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const CREATE = {
  action: 'create',
  from: { name: { template: '{/repository/name}@{/ref}' }, 'metadata.author': '/author', 'metadata.n': '/n' },
  set: { job_type: 'import', total_items: 1 },
};
const FORM = 'application/x-www-form-urlencoded';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

async function come(mapping: object, raw: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  const hook = await makeHook(client, { scheme: 'token' }, mapping);
  const answer = await deliver(hook.path, raw, { 'Content-Type': type });
  expect(answer.status, answer.text).toBe(202);
  const [arrival] = await arrivals(client, hook);
  return { answer, arrival };
}

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );

describe('what of a payload was repaired or converted', () => {
  it('is told where it was mapped to, and nothing is told of what nobody maps', async () => {
    const raw =
      '{"repository":{"name":"caf\\ud83d"},"ref":"main","author":{"name":"\\udc00x","more":[1]},"n":NaN,"other":"\\ud83d"}';
    const { answer, arrival } = await come(CREATE, raw);
    const told = [
      { path: 'name', reason: 'repaired' },
      { path: 'metadata.author.name', reason: 'repaired' },
      { path: 'metadata.n', reason: 'converted' },
    ];
    expect(answer.json.adjusted).toEqual(told);
    expect(arrival.adjusted).toEqual(told);
    const { json } = await client.get(`/api/jobs/${answer.json.job_id}`);
    expect(json.name).toBe('caf\ufffd@main');
    expect(json.metadata.author.name).toBe('\ufffdx');
    const whole = { ...CREATE, from: { name: '/ref' } };
    const plain = await come(whole, raw);
    for (const one of [plain.answer.json, plain.arrival]) expect(one).not.toHaveProperty('adjusted');
  });

  it.each([
    ['bytes that are no UTF-8', bytes('{"ref":"a', [0xff], '"}'), 'application/json'],
    ['a form’s escapes that are none', bytes('ref=a%FF'), FORM],
    ['a form’s bytes that are none', bytes('ref=a', [0xc3, 0x28]), FORM],
    ['GitHub’s form', bytes('payload=%7B%22ref%22%3A%22a%C3%22%7D'), FORM],
  ])('%s: of the payload as a whole', async (_what, raw, type) => {
    const { answer, arrival } = await come({ ...CREATE, from: { name: '/ref' } }, raw, type);
    for (const one of [answer.json, arrival])
      expect(one.adjusted).toEqual([{ path: '', reason: 'repaired' }]);
  });

  it.each([
    ['a replacement that its sender wrote', 'ref=%EF%BF%BD', FORM],
    ['a broken escape', 'ref=100%25+%zz+%', FORM],
    ['text', '{"ref":"caf\u00e9 \ud83d\ude00 \ufffd"}', 'application/json'],
  ])('is nothing in %s', async (_what, raw, type) => {
    const { answer, arrival } = await come({ ...CREATE, from: { name: '/ref' } }, bytes(raw), type);
    for (const one of [answer.json, arrival]) expect(one).not.toHaveProperty('adjusted');
  });

  it('is read in the charset that a mark says, of a hook too', async () => {
    const text = [...'{"ref":"caf\u00e9"}'].flatMap((one) => [one.charCodeAt(0), 0]);
    const { answer } = await come({ ...CREATE, from: { name: '/ref' } }, bytes([0xff, 0xfe, ...text]));
    expect((await client.get(`/api/jobs/${answer.json.job_id}`)).json.name).toBe('caf\u00e9');
  });
});

it('items of an array are told each by itself, and together in the arrival', async () => {
  const mapping = { ...CREATE, each: '/all', from: { name: '/name' } };
  const raw = `{"all":[{"name":"a"},{"name":"b\\ud83d"},{"name":"${'c'.repeat(300)}"}]}`;
  const { answer, arrival } = await come(mapping, raw);
  expect(answer.json.verdicts.map(({ adjusted }: { adjusted?: object[] }) => adjusted)).toEqual([
    undefined,
    [{ path: 'name', reason: 'repaired' }],
    [{ path: 'name', reason: 'cut' }],
  ]);
  expect(arrival.adjusted).toEqual([
    { path: '1.name', reason: 'repaired' },
    { path: '2.name', reason: 'cut' },
  ]);
});

it('what stood beside an end and could not be taken is among the arrivals, short and at most twenty', async () => {
  const id = await client.createJob();
  const from = { job_id: '/job', mark_completed: '/done', stage: '/stage', errors: '/errors' };
  const hook = await makeHook(client, GITHUB, { action: 'report', from });
  const errors: object[] = Array.from({ length: 40 }, () => ({
    ['k'.repeat(500)]: 1,
    message: 'm',
    error_type: 't',
    entity_key: 'k',
  }));
  errors.push({ message: 'of the job' });
  const raw = JSON.stringify({ job: id.toUpperCase(), done: true, stage: 7, errors });
  const answer = await deliver(hook.path, raw, github(raw));
  expect([answer.status, answer.json.applied]).toEqual([202, true]);
  expect((await client.get(`/api/jobs/${id}`)).json.errors.at(-1).entity_key).toBe(id);
  const [arrival] = await arrivals(client, hook);
  expect(arrival.adjusted).toContainEqual({ path: 'stage', reason: 'converted' });
  expect(arrival.ignored).toHaveLength(20);
  for (const { path } of arrival.ignored) expect(path.length).toBeLessThanOrEqual(200);
  const again = await deliver(hook.path, raw, github(raw));
  expect(again.json).not.toHaveProperty('ignored');
  const [replay] = await arrivals(client, hook);
  expect([replay.verdict, replay.ignored]).toEqual(['replayed', undefined]);
});
