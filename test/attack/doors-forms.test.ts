/** Forms of a value that programs in use write, and what is read from each. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';
import { SocketReporter } from '../support/reporter.ts';
import { post, reported, told } from './read-back.ts';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('a form that programs use', () => {
  it('bare NaN and Infinity are null', async () => {
    const { answer, job } = await reported(
      client,
      '{"result":{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN"},"message":"m"}',
    );
    expect(job.json.result).toEqual({ a: null, b: [null, null], c: 'NaN' });
    expect(told(answer)).toEqual(['result.a converted', 'result.b.0 converted', 'result.b.1 converted']);
  });

  it('an empty list where an object is meant is an empty object', async () => {
    const { answer, job } = await reported(
      client,
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
    const { id, job } = await reported(
      client,
      `{"metadata_patch":${patch},"result":${patch},"error":${details}}`,
    );
    const merged = '{"__proto__":{"a":1},"constructor":2,"prototype":{"toString":3}}';
    expect(job.text).toContain(`"metadata":${merged}`);
    expect(job.text).toContain(`"result":${patch}`);
    expect(job.text).toContain(`"details":${patch}`);
    await post(
      client,
      `/api/jobs/${id}/progress`,
      '{"metadata_patch":{"__proto__":{"b":2},"constructor":null}}',
    );
    const after = await client.get(`/api/jobs/${id}`);
    expect(after.text).toContain('"metadata":{"__proto__":{"a":1,"b":2},"prototype":{"toString":3}}');
    const made = await post(client, '/api/jobs/', `{"job_type":"a","total_items":1,"metadata":${merged}}`);
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
    const other = await client.createJob();
    const torn = await SocketReporter.open(client, other);
    torn.socket.send('{"id":1,"report":{"\\ud800x":1,"stage":"\\udc00","mark_completed":true}}');
    expect((await torn.acks(1))[0]).toMatchObject({
      applied: true,
      adjusted: ['', 'stage'].map((path) => ({ path, reason: 'repaired' })),
    });
  });
});
