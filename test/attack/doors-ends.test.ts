/** An end is never refused for what stands beside it. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { reportSchema } from '../../src/domain/job/command.ts';
import { type Answer, type Client, makeClient } from '../support/client.ts';
import { SocketReporter } from '../support/reporter.ts';
import { bytes } from './doors.ts';
import { expectRefusal } from './refusal.ts';

const KIB = 1_024;
const COUNTER_FIELDS = ['processed', 'failed', 'warned'].flatMap((name) => [
  `${name}_items`,
  `${name}_delta`,
]);
let client: Client;

beforeAll(async () => {
  client = await makeClient();
});

function postText(path: string, text: string): Promise<Answer> {
  return client.send('POST', path, { raw: bytes(text), headers: { 'Content-Type': 'application/json' } });
}

/** Reports to a new job as `text`, and answers the job as it is then. */
async function reported(text: string): Promise<{ answer: Answer; job: Answer['json'] }> {
  const id = await client.createJob();
  const answer = await postText(`/api/jobs/${id}/progress`, text);
  return { answer, job: (await client.get(`/api/jobs/${id}`)).json };
}

describe('an end', () => {
  it.each([
    ['true', '{"mark_completed":true}', 'completed', null],
    ['"true"', '{"mark_completed":"true"}', 'completed', null],
    ['1', '{"mark_completed":1}', 'completed', null],
    ['1.0', '{"mark_completed":1.0}', 'completed', null],
    ['"1" beside a false', '{"mark_completed":"1","mark_failed":false}', 'completed', null],
    ['all its fields', '{"mark_completed":true,"mark_failed":"","message":null}', 'completed', null],
    ['an empty reason', '{"mark_failed":""}', 'failed', /no reason/],
    ['true for a reason', '{"mark_failed":true}', 'failed', /no reason/],
    ['a number', '{"mark_failed":137}', 'failed', /^137$/],
    ['its own digits', '{"mark_failed":9007199254740993}', 'failed', /^9007199254740993$/],
    ['an object', '{"mark_failed":{"errno":5}}', 'failed', /^\{"errno":5\}$/],
    ['both', '{"mark_completed":true,"mark_failed":"boom"}', 'failed', /^boom$/],
  ])('is one however it is written: %s', async (_name, text, status, message) => {
    const { answer, job } = await reported(text);
    expect(answer.status, answer.text).toBe(200);
    expect(job.status).toBe(status);
    if (message === null) expect(job.error_message).toBeNull();
    else expect(job.error_message).toMatch(message);
  });

  it.each([
    ['false', '{"mark_completed":false,"mark_failed":null,"message":"m"}'],
    ['0', '{"mark_completed":0,"mark_failed":0,"message":"m"}'],
    ['"false" and an empty text', '{"mark_completed":"false","mark_failed":"","message":"m"}'],
    ['an empty text', '{"mark_completed":"","message":"m"}'],
  ])('is none where a client sends all its fields: %s', async (_name, text) => {
    const { answer, job } = await reported(text);
    expect(answer.status, answer.text).toBe(200);
    expect(job.status).toBe('pending');
    expect(job.last_message).toBe('m');
  });

  it.each([
    ['an unknown field', '"proccessed_items":1', ['proccessed_items']],
    ['a counter that is none', '"processed_items":-1,"total_items":"7"', ['processed_items', 'total_items']],
    ['a delta beside its counter', '"processed_items":1,"processed_delta":1', ['processed_delta']],
    ['a delta over the top', `"processed_items":null,"processed_delta":${2 ** 53}`, ['processed_delta']],
    ['a text that is none', '"logs":[{"level":"info","message":"a"},7],"stage":"s"', []],
    ['metadata that is none', '"metadata_patch":[1]', ['metadata_patch']],
    [
      'details that are none',
      '"warning":{"details":"none","entity_key":"k","error_type":"t","message":"m"}',
      ['warning.details'],
    ],
    ['too deep a result', `"result":${'['.repeat(40)}${']'.repeat(40)}`, [`result${'.0'.repeat(31)}`]],
    ['too large a result', `"result":"${'r'.repeat(70_000)}"`, ['result']],
    ['too large metadata', `"metadata_patch":{"stage":"s","a":"${'m'.repeat(70_000)}"}`, ['metadata_patch']],
    ['half a sequence', '"sequence":7', ['sequence']],
    ['a sequence that is none', '"reporter":"w","sequence":"x"', ['reporter', 'sequence']],
    ['too large a number', '"result":1e999', ['result']],
  ])('ends the job, and what can’t be taken is listed: %s', async (_name, fields, ignored) => {
    const { answer, job } = await reported(`{${fields},"mark_completed":true}`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.applied).toBe(true);
    expect((answer.json.ignored ?? []).map(({ path }: { path: string }) => path)).toEqual(ignored);
    expect(job.status).toMatch(/^completed/);
    expect(job.ignored).toBeUndefined();
  });

  it('keeps stage and message of metadata that is too large', async () => {
    const text = `{"metadata_patch":{"stage":"last","a":"${'m'.repeat(70_000)}"},"mark_completed":true}`;
    const { job } = await reported(text);
    expect(job.metadata).toEqual({ stage: 'last' });
  });

  it('is not refused for the query either', async () => {
    const id = await client.createJob();
    const ended = await postText(`/api/jobs/${id}/progress?x=1`, '{"mark_completed":true}');
    expect(ended.json).toMatchObject({ applied: true, status: 'completed', ignored: [{ path: 'x' }] });
    const many = Array.from({ length: 101 }, (_, n) => `p${n}=1`).join('&');
    const batch = await client.createJob();
    const text = '{"reports":[{"mark_completed":true}]}';
    const taken = await postText(`/api/jobs/${batch}/progress/batch?${many}`, text);
    expect([taken.json.job?.status, taken.json.ignored?.length], taken.text).toEqual(['completed', 20]);
    const other = await client.createJob();
    expectRefusal(
      await postText(`/api/jobs/${other}/progress?x=1`, '{"message":"m"}'),
      422,
      'validation_failed',
    );
  });

  it('counts errors and warnings that lack something, so that no outcome gets better by a mistake', async () => {
    for (const error of ['{"message":"m"}', '{}', '"out of memory"', '7', '{"error_type":["x"]}']) {
      const { job } = await reported(`{"error":${error},"mark_completed":true}`);
      expect(job, error).toMatchObject({ status: 'partial_success', errors_total: 1 });
      expect(job.errors[0].entity_key).toBe(job.job_id);
    }
    const { job } = await reported('{"errors":[{"entity_type":"row"},"odd"],"mark_completed":true}');
    expect(job.errors).toMatchObject([
      { entity_type: 'row', error_type: 'unspecified', message: '{"entity_type":"row"}' },
      { entity_type: 'job', error_type: 'unspecified', message: '"odd"' },
    ]);
    const warned = await reported('{"warnings":"careful","mark_completed":true}');
    expect(warned.job).toMatchObject({ status: 'completed_with_warnings', warnings_total: 1 });
  });

  it('leaves a warning where a failed or warned counter can’t be taken', async () => {
    for (const fields of ['"failed_items":-1', '"warned_items":"many"', '"failed_delta":1.5']) {
      const { answer, job } = await reported(`{${fields},"mark_completed":true}`);
      expect(answer.json.ignored).toHaveLength(1);
      expect(job).toMatchObject({ status: 'completed_with_warnings', warnings_total: 1 });
      expect(job.warnings[0]).toMatchObject({ entity_type: 'job', error_type: 'report_incomplete' });
    }
    const { job } = await reported(
      `{"failed_items":null,"warned_delta":${Number.MAX_SAFE_INTEGER},"warnings":[],"mark_failed":"x"}`,
    );
    expect(job.warned_items).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('keeps each entry in which something breaks a limit, so that no outcome gets better by it', async () => {
    const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
    const log = '{"level":"info","message":"sound"}';
    const { answer, job } = await reported(
      `{"errors":[{"entity_type":"row","entity_key":"1","error_type":"t","message":${deep}},${deep}],` +
        `"warning":{"entity_key":"k","error_type":"t","message":"m","details":{"n":${deep}}},` +
        `"logs":[{"level":"warn","message":${deep}},${log}],"mark_completed":true}`,
    );
    expect(answer.status, answer.text).toBe(200);
    expect(job).toMatchObject({ status: 'partial_success', errors_total: 2, warnings_total: 1 });
    expect(job.errors[0]).toMatchObject({ entity_type: 'row', entity_key: '1', error_type: 't' });
    expect(job.warnings[0]).toMatchObject({ message: 'm', details: null });
    const { logs } = (await client.get(`/api/jobs/${job.job_id}/logs`)).json;
    const own = logs.filter(({ kind }: { kind: string }) => kind === 'log');
    expect(own.map(({ level }: { level: string }) => level)).toEqual(['warn', 'info']);
    const paths = answer.json.ignored.map(({ path }: { path: string }) => path.replace(/(?:\.0)+$/, ''));
    expect(paths).toEqual(['errors.0.message', 'errors.1', 'warning.details.n', 'logs.0.message']);
  });

  it.each([
    ['too deep a reason', `"mark_failed":${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'failed'],
    ['too long a number', `"mark_failed":${'9'.repeat(401)}`, 'failed'],
    ['too long a one', `"mark_completed":1.${'0'.repeat(401)}`, 'completed'],
    ['too long a zero', `"mark_failed":0e999,"mark_completed":true`, 'completed'],
  ])('is one where its own mark breaks a limit: %s', async (_name, mark, status) => {
    const { answer, job } = await reported(`{${mark}}`);
    expect([answer.status, job.status], answer.text).toEqual([200, status]);
    expect(answer.json.ignored).toHaveLength(1);
    if (status === 'failed') expect(job.error_message).toMatch(/no reason/);
  });

  it('ends the job beside what is a hundred thousand levels deep, by every door', async () => {
    const deep = `"result":${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { answer, job } = await reported(`{${deep},"mark_completed":true}`);
    expect([answer.status, job.status], answer.text).toEqual([200, 'completed']);
    const id = await client.createJob();
    const keyed = () =>
      client.send('POST', `/api/jobs/${id}/progress`, {
        raw: bytes(`{${deep},"mark_failed":"x"}`),
        headers: { 'Idempotency-Key': 'deep' },
      });
    expect((await keyed()).json).toMatchObject({ applied: true, status: 'failed' });
    expect((await keyed()).headers.get('Idempotency-Replayed')).toBe('true');
    const other = await client.createJob();
    const worker = await SocketReporter.open(client, other);
    worker.socket.send(`{"id":1,"key":"k","report":{${deep},"mark_completed":true}}`);
    expect((await worker.acks(1))[0]).toMatchObject({ applied: true, ignored: [{}] });
    worker.socket.close();
  });

  it('ends the job beside a thousand unknown fields', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`field${n}`, 1]));
    const { answer, job } = await reported(JSON.stringify({ ...many, mark_completed: true }));
    expect(answer.status, answer.text).toBe(200);
    expect([job.status, answer.json.ignored.length]).toEqual(['completed', 20]);
  });

  it('is found beside thousands of faults in a few looks at the body', async () => {
    const parse = vi.spyOn(reportSchema, 'safeParse');
    const issue = `{"entity_key":"k","error_type":"t","message":"m","details":{"n":${'['.repeat(34)}${']'.repeat(34)}}}`;
    const wrong = COUNTER_FIELDS.map((field) => `"${field}":"many"`).join(',');
    const { answer, job } = await reported(
      `{"errors":[${Array(2_500).fill(issue).join(',')}],${wrong},"result":[${'[],'.repeat(150_000)}0],"mark_failed":"boom"}`,
    );
    expect(answer.status, answer.text).toBe(200);
    expect([job.status, job.errors_total]).toEqual(['failed', 1_001]);
    expect(parse.mock.calls.length).toBeLessThanOrEqual(4);
    parse.mockRestore();
  });

  it('may come in a report of 1 MiB, without one in 256 KiB', async () => {
    const filling = `"message":"${'m'.repeat(900 * KIB)}"`;
    const { answer, job } = await reported(`{${filling},"mark_completed":true}`);
    expect([answer.status, job.status]).toEqual([200, 'completed']);
    expectRefusal((await reported(`{${filling}}`)).answer, 413, 'body_too_large');
    const larger = `"message":"${'m'.repeat(1_025 * KIB)}"`;
    expectRefusal((await reported(`{${larger},"mark_completed":true}`)).answer, 413, 'body_too_large');
  });

  it('is taken out of a batch that holds it, whatever the others are; without one a batch is refused whole', async () => {
    const reports = [
      { processed_delta: 1 },
      7,
      { nope: 1, mark_completed: false },
      { processed_delta: Number.MAX_SAFE_INTEGER, message: 'over' },
      { metadata_patch: { a: 'm'.repeat(70_000) } },
      { mark_completed: true },
    ];
    const id = await client.createJob();
    const answer = await client.post(`/api/jobs/${id}/progress/batch`, { reports });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.job).toMatchObject({ status: 'completed', processed_items: 1, last_message: 'over' });
    expect(answer.json.verdicts.map(({ reason = null }) => reason)).toEqual([
      null,
      'ignored',
      'ignored',
      null,
      'ignored',
      null,
    ]);
    expect(answer.json.ignored.map(({ path }: { path: string }) => path)).toEqual([
      'reports.1',
      'reports.2.nope',
      'reports.3.processed_delta',
      'reports.4.metadata_patch',
    ]);
    const other = await client.createJob();
    const refused = await client.post(`/api/jobs/${other}/progress/batch`, { reports: reports.slice(0, 3) });
    expectRefusal(refused, 422, 'validation_failed');
    expect((await client.get(`/api/jobs/${other}`)).json.revision).toBe(1);
  });

  it('is acknowledged after a cancellation, and its text is an error', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    await client.post(`/api/jobs/${id}/cancel`);
    const answer = await client.report(id, { mark_failed: 'disk full' });
    expect(answer.json).toMatchObject({ applied: true, status: 'cancelled' });
    expect(answer.json.cancellation.acknowledged_with).toBe('failed');
    expect(answer.json.errors).toMatchObject([{ error_type: 'job_failed', message: 'disk full' }]);
  });

  it('is told of with short paths, however long the keys are', async () => {
    const [key, torn] = ['k'.repeat(200 * KIB), `[${Array(20).fill('"\\ud800"').join(',')}]`];
    const { answer } = await reported(
      `{"metadata_patch":{"${key}":${torn}},"${key}":1,"mark_completed":true}`,
    );
    expect([answer.json.adjusted.length, answer.json.ignored.length], answer.text.slice(0, 999)).toEqual([
      20, 2,
    ]);
    expect(answer.text.length).toBeLessThan(20 * KIB);
    for (const { path } of [...answer.json.adjusted, ...answer.json.ignored])
      expect(path.length).toBeLessThanOrEqual(200);
    const { json } = await postText(
      `/api/jobs/${await client.createJob()}/progress/batch`,
      `{"reports":[{"${key}":1}]}`,
    );
    expect(json.errors[0].path).toHaveLength(200);
  });

  it('what an answer tells of it is bounded, and a replay tells nothing', async () => {
    const id = await client.createJob();
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`field${n}`, 1]));
    const send = () => client.report(id, { ...many, mark_completed: true }, { 'Idempotency-Key': 'once' });
    expect((await send()).json.ignored).toHaveLength(20);
    const replayed = (await send()).json;
    expect([replayed.applied, replayed.ignored]).toEqual([true, undefined]);
  });
});
