/** What can be read is read, and told: each form that a program in use writes. */
import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient } from '../support/client.ts';
import { jobStub } from '../support/objects.ts';
import { SocketReporter } from '../support/reporter.ts';
import { bytes } from './doors.ts';

let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

function post(
  path: string,
  raw: Uint8Array<ArrayBuffer> | string,
  type = 'application/json',
): Promise<Answer> {
  return client.send('POST', path, {
    raw: typeof raw === 'string' ? bytes(raw) : raw,
    headers: { 'Content-Type': type },
  });
}

/** Reports to a new job as `raw`, and answers that, and the job as it is then. */
async function reported(raw: Uint8Array<ArrayBuffer> | string, type?: string) {
  const id = await client.createJob();
  const answer = await post(`/api/jobs/${id}/progress`, raw, type);
  expect(answer.status, answer.text).toBe(200);
  return { id, answer, job: await client.get(`/api/jobs/${id}`) };
}

const told = ({ json }: Answer) => (json.adjusted ?? []).map((one: object) => Object.values(one).join(' '));

describe('a number keeps the digits it came with', () => {
  const DIGITS = ['9007199254740993', '-0', '1.10', '0.1000000000000000055511151231257827', '1E5', '1e400'];
  const LIST = `[${DIGITS.join(',')}]`;

  it('in metadata, result and details, on every surface, in pages and after an eviction', async () => {
    const issue = `{"entity_key":"k","error_type":"t","message":"m","details":{"n":${LIST}}}`;
    const made = await post(
      '/api/jobs/',
      `{"job_type":"import","total_items":1e0,"metadata":{"id":9007199254740993,"n":${LIST}}}`,
    );
    expect(made.status, made.text).toBe(201);
    expect(made.text).toContain(`"metadata":{"id":9007199254740993,"n":${LIST}}`);
    const path = `/api/jobs/${made.json.job_id}`;
    const answer = await post(
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
    const evicted = await post(`${path}/progress`, '{}');
    expect(evicted.text).toContain(`"result":${LIST}`);
    expect(evicted.text).toContain(`"id":9007199254740993,"n":${LIST},"more":${LIST},"plain":1`);
    expect(evicted.text.split(`"details":{"n":${LIST}}`)).toHaveLength(3);
    const same = await post(`${path}/progress`, `{"result":${LIST},"metadata_patch":{"more":${LIST}}}`);
    expect(same.json.revision).toBe(answer.json.revision);
    const ended = await post(`${path}/progress`, `{"result":${LIST},"mark_completed":true}`);
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
    await post(`/api/jobs/${id}/progress/batch`, `{"reports":[{"metadata_patch":{"n":${LIST}}}]}`);
    expect((await client.get(`/api/jobs/${id}`)).text).toContain(`"n":${LIST}`);
  });
});

describe('a text', () => {
  it('that is no Unicode has U+FFFD in its place', async () => {
    const { answer, job } = await reported(
      '{"message":"half \\ud83d","metadata_patch":{"\\udc00k":"\\ud800"},"logs":[{"level":"info","message":"\\udfff"}]}',
    );
    expect(job.json.last_message).toBe('half \ufffd');
    expect(job.json.metadata).toMatchObject({ '\ufffdk': '\ufffd' });
    expect(told(answer)).toContain('message repaired');
    const raw = Uint8Array.from([...bytes('{"message":"a'), 0xff, ...bytes('"}')]);
    const bad = await reported(raw);
    expect(bad.job.json.last_message).toBe('a\ufffd');
    expect(told(bad.answer)).toEqual([' repaired']);
  });

  it.each([
    ['UTF-16LE with a BOM, as PowerShell writes it', 'application/json', [0xff, 0xfe], 2],
    ['UTF-8 with a BOM', 'application/json', [0xef, 0xbb, 0xbf], 1],
  ])('is read in %s', async (_name, type, mark, width) => {
    const text = '{"message":"Größe"}';
    const units = width === 1 ? [...bytes(text)] : [...text].flatMap((c) => [c.charCodeAt(0), 0]);
    const { job } = await reported(Uint8Array.from([...mark, ...units]), type);
    expect(job.json.last_message).toBe('Größe');
  });

  it('is read in the charset that is declared, and under curl’s form type', async () => {
    const latin = Uint8Array.from([...bytes('{"message":"Gr'), 0xf6, 0xdf, 0x80, ...bytes('"}')]);
    const { job, answer } = await reported(latin, 'application/json; charset="windows-1252"');
    expect(job.json.last_message).toBe('Größ€');
    expect(answer.json.adjusted).toBeUndefined();
    const form = await reported('{"message":"curl -d"}', 'application/x-www-form-urlencoded');
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
    const { answer, job } = await reported(JSON.stringify({ mark_failed: text }));
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

describe('a form that programs use', () => {
  it('bare NaN and Infinity are null', async () => {
    const { answer, job } = await reported(
      '{"result":{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN"},"message":"m"}',
    );
    expect(job.json.result).toEqual({ a: null, b: [null, null], c: 'NaN' });
    expect(told(answer)).toEqual(['result.a converted', 'result.b.0 converted', 'result.b.1 converted']);
  });

  it('an empty list where an object is meant is an empty object', async () => {
    const { answer, job } = await reported(
      '{"metadata_patch":[],"error":{"entity_key":"k","error_type":"t","message":"m","details":[]}}',
    );
    expect(job.json.errors[0].details).toEqual({});
    expect(told(answer)).toEqual(['error.details converted', 'metadata_patch converted']);
    const made = await client.post('/api/jobs/', { job_type: 'a', total_items: 1, metadata: [] });
    expect(made.json.metadata).toEqual({});
  });

  it('keys that every object inherits are data', async () => {
    const patch = '{"__proto__":{"a":1},"constructor":2,"prototype":{"__proto__":null,"toString":3}}';
    const details = `{"entity_key":"k","error_type":"t","message":"m","details":${patch}}`;
    const { id, job } = await reported(`{"metadata_patch":${patch},"result":${patch},"error":${details}}`);
    const merged = '{"__proto__":{"a":1},"constructor":2,"prototype":{"toString":3}}';
    expect(job.text).toContain(`"metadata":${merged}`);
    expect(job.text).toContain(`"result":${patch}`);
    expect(job.text).toContain(`"details":${patch}`);
    await post(`/api/jobs/${id}/progress`, '{"metadata_patch":{"__proto__":{"b":2},"constructor":null}}');
    const after = await client.get(`/api/jobs/${id}`);
    expect(after.text).toContain('"metadata":{"__proto__":{"a":1,"b":2},"prototype":{"toString":3}}');
    const made = await post('/api/jobs/', `{"job_type":"a","total_items":1,"metadata":${merged}}`);
    expect(made.text).toContain(`"metadata":${merged}`);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('log levels are the nearest of three', async () => {
    const levels: [unknown, string][] = [
      ...['warning', 'WARN', 'Warning'].map((level): [unknown, string] => [level, 'warn']),
      ...['critical', 'fatal', 'err', 'ERROR'].map((level): [unknown, string] => [level, 'error']),
      ...['debug', 'trace', 'notice', 'odd', 'INFO'].map((level): [unknown, string] => [level, 'info']),
      ...[50, 60, 3, 0].map((level): [unknown, string] => [level, 'error']),
      ...[40, 4].map((level): [unknown, string] => [level, 'warn']),
      ...[30, 20, 5, 7].map((level): [unknown, string] => [level, 'info']),
    ];
    const id = await client.createJob();
    const answer = await client.report(id, {
      logs: levels.map(([level]) => ({ level, message: `${level}` })),
    });
    expect(answer.status, answer.text).toBe(200);
    const { logs } = (await client.get(`/api/jobs/${id}/logs?limit=100`)).json;
    const read = logs.filter(({ kind }: { kind: string }) => kind === 'log');
    expect(read.map(({ level }: { level: string }) => level)).toEqual(levels.map(([, level]) => level));
  });

  it('times as programs write them; one that can’t be read is that of its arrival, and costs nothing else', async () => {
    const at = '2026-03-01T10:00:00.000Z';
    const forms: [unknown, string | null][] = [
      ['2026-03-01T10:00Z', at],
      ['2026-03-01T12:00:00+0200', at],
      ['2026-03-01T12:00:00+02', at],
      ['2026-03-01 10:00:00', at],
      ['2026-03-01t10:00:00z', at],
      ['2026-03-01T10:00:00,000Z', at],
      ['2026-03-01T09:59:60Z', at],
      ['2026-03-01T11:00:00+01:00[Europe/Berlin]', at],
      [1_772_359_200, at],
      [1_772_359_200_000, at],
      ['1772359200', at],
      ['2026-03-01', '2026-03-01T00:00:00.000Z'],
      ['yesterday', null],
      [{}, null],
    ];
    const id = await client.createJob();
    const logs = forms.map(([timestamp], n) => ({ level: 'info', message: `${n}`, timestamp }));
    const answer = await client.report(id, { logs });
    expect(answer.status, answer.text).toBe(200);
    const page = (await client.get(`/api/jobs/${id}/logs?limit=100`)).json.logs;
    const lines = page.filter(({ kind }: { kind: string }) => kind === 'log');
    for (const [n, [form, expected]] of forms.entries()) {
      if (expected !== null) expect(lines[n].timestamp, `${form}`).toBe(expected);
      else expect(Date.now() - Date.parse(lines[n].timestamp), `${form}`).toBeLessThan(600_000);
    }
    expect(told(answer)).toContain('logs.12.timestamp time_of_arrival');
  });

  it('a thousand errors, warnings and logs in one report', async () => {
    const issues = Array.from({ length: 1_000 }, (_, n) => ({
      entity_key: `${n}`,
      error_type: 't',
      message: 'm',
    }));
    const id = await client.createJob();
    const logs = Array.from({ length: 1_000 }, () => ({ level: 'info', message: 'm' }));
    expect((await client.report(id, { errors: issues, logs })).status).toBe(200);
    const answer = await client.report(id, { warnings: issues });
    expect(answer.json).toMatchObject({ errors_total: 1_000, warnings_total: 1_000 });
  });

  it('what a frame adjusts is told beside its verdict', async () => {
    const id = await client.createJob();
    const worker = await SocketReporter.open(client, id);
    worker.send({ report: { message: 404 } });
    worker.send({ reports: [{ stage: 7 }, { mark_completed: 'true', nope: 1 }] });
    const [one, two] = await worker.acks(2);
    expect(one).toMatchObject({ applied: true, adjusted: [{ path: 'message', reason: 'converted' }] });
    expect(two).toMatchObject({
      adjusted: [
        { path: 'reports.0.stage', reason: 'converted' },
        { path: 'reports.1.mark_completed', reason: 'converted' },
      ],
      ignored: [{ path: 'reports.1.nope' }],
    });
    expect((await client.get(`/api/jobs/${id}`)).json.status).toBe('completed');
  });
});

it('a rerun of failed ones where they are counted by number alone says so, and how many', async () => {
  const id = await client.createJob();
  await client.report(id, { failed_items: 7, mark_completed: true });
  const answer = await client.post(`/api/jobs/${id}/rerun`, { items: 'failed' });
  expect([answer.status, answer.json.code]).toEqual([409, 'nothing_failed']);
  expect(answer.json.detail).toMatch(/^7 failures were counted by number alone/);
});
