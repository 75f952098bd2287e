/** What can be read is read, and told: each form that a program in use writes. */
import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';
import { jobStub } from '../support/objects.ts';
import { SocketReporter } from '../support/reporter.ts';
import { bytes } from './doors.ts';
import { post, reported, told } from './read-back.ts';

let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

describe('a number keeps the digits it came with', () => {
  const DIGITS = ['9007199254740993', '-0', '1.10', '0.1000000000000000055511151231257827', '1E5', '1e400'];
  const LIST = `[${DIGITS.join(',')}]`;

  it('in metadata, result and details, on every surface, in pages and after an eviction', async () => {
    const issue = `{"entity_key":"k","error_type":"t","message":"m","details":{"n":${LIST}}}`;
    const made = await post(
      client,
      '/api/jobs/',
      `{"job_type":"import","total_items":1e0,"metadata":{"id":9007199254740993,"n":${LIST}}}`,
    );
    expect(made.status, made.text).toBe(201);
    expect(made.text).toContain(`"metadata":{"id":9007199254740993,"n":${LIST}}`);
    const path = `/api/jobs/${made.json.job_id}`;
    const answer = await post(
      client,
      `${path}/progress`,
      `{"metadata_patch":{"more":${LIST},"plain":1},"result":${LIST},"error":${issue},"warnings":[${issue}]}`,
    );
    for (const one of [answer, await client.get(path)]) {
      expect(one.text).toContain(`"result":${LIST}`);
      expect(one.text).toContain(`"id":9007199254740993,"n":${LIST},"more":${LIST},"plain":1`);
      expect(one.text.split(`"details":{"n":${LIST}}`)).toHaveLength(3);
    }
    expect((await client.get(`/v1${path}`)).text).toContain(`"result":${LIST}`);
    for (const list of ['errors', 'warnings']) {
      expect((await client.get(`${path}/${list}`)).text).toContain(`"details":{"n":${LIST}}`);
    }
    await evictDurableObject(await jobStub(client.organization, made.json.job_id));
    const evicted = await post(client, `${path}/progress`, '{}');
    expect(evicted.text).toContain(`"result":${LIST}`);
    expect(evicted.text).toContain(`"id":9007199254740993,"n":${LIST},"more":${LIST},"plain":1`);
    expect(evicted.text.split(`"details":{"n":${LIST}}`)).toHaveLength(3);
    const same = await post(
      client,
      `${path}/progress`,
      `{"result":${LIST},"metadata_patch":{"more":${LIST}}}`,
    );
    expect(same.json.revision).toBe(answer.json.revision);
    const ended = await post(client, `${path}/progress`, `{"result":${LIST},"mark_completed":true}`);
    expect(ended.json.status).toBe('partial_success');
    const rerun = await client.post(`${path}/rerun`);
    expect(rerun.text).toContain(`"metadata":{"id":9007199254740993,"n":${LIST}}`);
    expect((await client.get(`/api/jobs/${rerun.json.job_id}`)).text).toContain(`"n":${LIST}`);
  });

  it('over a socket and in a batch too', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.socket.send(`{"id":1,"report":{"result":${LIST}}}`);
    await worker.acks(1);
    expect((await client.get(`/api/jobs/${id}`)).text).toContain(`"result":${LIST}`);
    worker.socket.close();
    await post(client, `/api/jobs/${id}/progress/batch`, `{"reports":[{"metadata_patch":{"n":${LIST}}}]}`);
    expect((await client.get(`/api/jobs/${id}`)).text).toContain(`"n":${LIST}`);
  });
});

describe('a text', () => {
  it('that is no Unicode has U+FFFD in its place', async () => {
    const { answer, job } = await reported(
      client,
      '{"message":"half \\ud83d","metadata_patch":{"\\udc00k":"\\ud800"},"logs":[{"level":"info","message":"\\udfff"}]}',
    );
    expect(job.json.last_message).toBe('half \ufffd');
    expect(job.json.metadata).toMatchObject({ '\ufffdk': '\ufffd' });
    expect(told(answer)).toContain('message repaired');
    const raw = Uint8Array.from([...bytes('{"message":"a'), 0xff, ...bytes('"}')]);
    const bad = await reported(client, raw);
    expect(bad.job.json.last_message).toBe('a\ufffd');
    expect(told(bad.answer)).toEqual([' repaired']);
  });

  it.each([
    ['UTF-16LE with a BOM, as PowerShell writes it', 'application/json', [0xff, 0xfe], 2],
    ['UTF-8 with a BOM', 'application/json', [0xef, 0xbb, 0xbf], 1],
  ])('is read in %s', async (_name, type, mark, width) => {
    const text = '{"message":"Größe"}';
    const units = width === 1 ? [...bytes(text)] : [...text].flatMap((c) => [c.charCodeAt(0), 0]);
    const { job } = await reported(client, Uint8Array.from([...mark, ...units]), type);
    expect(job.json.last_message).toBe('Größe');
  });

  it('is read in the charset that is declared, and under curl’s form type', async () => {
    const latin = Uint8Array.from([...bytes('{"message":"Gr'), 0xf6, 0xdf, 0x80, ...bytes('"}')]);
    const { job, answer } = await reported(client, latin, 'application/json; charset="windows-1252"');
    expect(job.json.last_message).toBe('Größ€');
    expect(answer.json.adjusted).toBeUndefined();
    const form = await reported(client, '{"message":"curl -d"}', 'application/x-www-form-urlencoded');
    expect(form.job.json.last_message).toBe('curl -d');
  });

  it('may be a number or a boolean', async () => {
    const error = { entity_type: 'row', entity_key: 7, error_type: 404, message: false };
    const id = await client.createJob();
    const answer = await client.report(id, { message: 404, stage: true, error });
    expect(answer.json).toMatchObject({ last_message: '404', stage: 'true' });
    expect(answer.json.errors).toMatchObject([{ entity_key: '7', error_type: '404', message: 'false' }]);
    expect(told(answer).sort()).toEqual([
      'error.entity_key converted',
      'error.error_type converted',
      'error.message converted',
      'message converted',
      'stage converted',
    ]);
    const made = await client.post('/api/jobs/', { job_type: 7, total_items: 1, tags: [2026], name: 12 });
    expect(made.json).toMatchObject({ job_type: '7', tags: ['2026'], name: '12' });
    expect(told(made)).toHaveLength(3);
    expect((await client.post(`/api/jobs/${id}/cancel`, { reason: 9 })).json.cancellation.reason).toBe('9');
  });

  it('that came as a number has its digits', async () => {
    const id = await client.createJob();
    for (const reporter of ['1234567890123456788', '1234567890123456789']) {
      const sent = `{"reporter":${reporter},"sequence":1,"processed_delta":1,"message":1e400,"stage":${reporter}}`;
      const { json } = await post(client, `/api/jobs/${id}/progress`, sent);
      expect(json).toMatchObject({ applied: true, stage: reporter, last_message: '1e400' });
    }
    expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(2);
    const logs = '[{"level":3.0,"message":1.10},{"level":"info","message":12345678901234567890}]';
    await post(client, `/api/jobs/${id}/progress`, `{"logs":${logs}}`);
    const page = (await client.get(`/api/jobs/${id}/logs?limit=100`)).json.logs;
    const lines = page.flatMap((one: { level: string; message: string }) => [`${one.level} ${one.message}`]);
    expect(lines).toEqual(expect.arrayContaining(['error 1.10', 'info 12345678901234567890']));
    const text =
      '{"job_type":1.10,"total_items":1e0,"tags":[1.10,7],"triggered_by":1234567890123456789,"name":2.0}';
    const made = await post(client, '/api/jobs/', text);
    expect(made.json).toMatchObject({
      ...{ job_type: '1.10', total_items: 1, tags: ['1.10', '7'], name: '2.0' },
      triggered_by: '1234567890123456789',
    });
    const cancelled = await post(client, `/api/jobs/${id}/cancel`, '{"reason":1.10}');
    expect(cancelled.json.cancellation.reason).toBe('1.10');
  });

  it.each(['logs', 'errors', 'warnings'])(
    'is not what a list holds: a number in %s is refused as one',
    async (list) => {
      const id = await client.createJob();
      const { status, json } = await post(client, `/api/jobs/${id}/progress`, `{"${list}":[1.10]}`);
      expect([status, json.errors]).toEqual([422, [{ path: `${list}.0`, message: 'must be an object' }]]);
    },
  );

  it('that is too long is cut, and names that are cut alike stay two', async () => {
    const long = 'n'.repeat(600);
    const id = await client.createJob();
    const errors = ['a', 'b'].map((end) => {
      const name = long + end;
      return { entity_type: name, entity_key: name, error_type: name, message: 'm', step: name };
    });
    const answer = await client.report(id, { stage: long, errors });
    const [one, two] = answer.json.errors;
    expect(answer.json.stage).toBe(`${'n'.repeat(199)}…`);
    expect(one.step).toBe(`${'n'.repeat(199)}…`);
    for (const [field, most] of [
      ['entity_key', 512],
      ['error_type', 200],
      ['entity_type', 200],
    ] as const) {
      expect(one[field]).toMatch(/^n+…[0-9a-f]{16}$/);
      expect(one[field]).toHaveLength(most);
      expect(one[field]).not.toBe(two[field]);
    }
    expect(told(answer)).toContain('errors.0.entity_key cut');
    const made = await client.post('/api/jobs/', {
      job_type: 'a',
      total_items: 1,
      name: long,
      triggered_by: long,
    });
    expect(made.json.name).toBe(`${'n'.repeat(199)}…`);
    expect(told(made)).toEqual(['name cut', 'triggered_by cut']);
  });

  it('of a failure keeps its head and its tail', async () => {
    const text = `head ${'x'.repeat(5_000)} cause`;
    const { answer, job } = await reported(client, JSON.stringify({ mark_failed: text }));
    expect(job.json.error_message).toMatch(/^head x{995}…x{2993} cause$/);
    expect(told(answer)).toEqual(['mark_failed shortened']);
    const id = await client.createJob();
    const cancelled = await client.post(`/api/jobs/${id}/cancel`, { reason: text });
    expect(cancelled.json.cancellation.reason).toMatch(/^head .*…x+ cause$/);
    expect(told(cancelled)).toEqual(['reason shortened']);
  });

  it('in details over 4 KiB is shortened in its middle until they fit', async () => {
    const details = { code: 5, log: `begin ${'x'.repeat(9_000)} end`, more: ['y'.repeat(3_000)] };
    const error = { entity_key: 'k', error_type: 't', message: 'm', details };
    const numbers = { ...error, details: { list: Array(2_000).fill(1_234) } };
    const id = await client.createJob();
    const answer = await client.report(id, { errors: [error, numbers] });
    const [kept, none] = answer.json.errors;
    expect(kept.details.code).toBe(5);
    expect(kept.details.log).toMatch(/^begin x+…x+ end$/);
    expect(JSON.stringify(kept.details).length).toBeGreaterThan(2_000);
    expect(new TextEncoder().encode(JSON.stringify(kept.details)).length).toBeLessThanOrEqual(4_096);
    expect(none.details).toEqual({ truncated: true });
    expect(told(answer)).toEqual(['errors.0.details shortened', 'errors.1.details shortened']);
  });
});

it('a cancellation reads `children` as a report does its marks', async () => {
  const forms: [unknown, boolean][] = [
    ...['true', '1', 1].map((form): [unknown, boolean] => [form, true]),
    ...['false', '0', '', 0].map((form): [unknown, boolean] => [form, false]),
  ];
  for (const [children, bulk] of forms) {
    const answer = await client.post(`/api/jobs/${await client.createJob()}/cancel`, { children });
    expect([answer.status, 'bulk_job_id' in answer.json], answer.text).toEqual([200, bulk]);
    expect(told(answer)).toEqual(['children converted']);
  }
  const refused = await client.post(`/api/jobs/${await client.createJob()}/cancel`, { children: 'some' });
  expect([refused.status, refused.json.errors]).toEqual([
    422,
    [{ path: 'children', message: 'must be a boolean' }],
  ]);
});

it('a rerun of failed ones where they are counted by number alone says so, and how many', async () => {
  const id = await client.createJob();
  await client.report(id, { failed_items: 7, mark_completed: true });
  const answer = await client.post(`/api/jobs/${id}/rerun`, { items: 'failed' });
  expect([answer.status, answer.json.code]).toEqual([409, 'nothing_failed']);
  expect(answer.json.detail).toMatch(/^7 failures were counted by number alone/);
});
