/** An end that a delivery reports is never refused for what stands beside it, as it is at every door. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { deliver, github, makeHook, push, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const KIB = 1_024;
const FIELDS = [
  ...['mark_completed', 'mark_failed', 'processed_items', 'failed_items', 'failed_delta'],
  ...['metadata_patch', 'result', 'errors', 'logs', 'stage', 'reporter', 'sequence'],
];
let client: Client;
let path: string;

beforeAll(async () => {
  client = await makeClient();
  const from = Object.fromEntries(FIELDS.map((field) => [field, `/${field}`]));
  path = (await makeHook(client, GITHUB, { action: 'report', from: { job_id: '/job', ...from } })).path;
});

async function reported(report: object, id?: string) {
  const job = id ?? (await client.createJob());
  const answer = await push(path, { job, ...report });
  return { answer, job: (await client.get(`/api/jobs/${job}`)).json };
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`k${n}`, n]));

describe('an end that a delivery reports', () => {
  it.each([
    ['a counter that is none', { mark_failed: 'boom', processed_items: '12' }, 'failed', ['processed_items']],
    ['too deep a result', { mark_completed: true, result: nested(40) }, 'completed', ['result']],
    ['too wide metadata', { mark_completed: true, metadata_patch: wide }, 'completed', ['metadata_patch']],
    [
      'both at once',
      { mark_completed: 1, result: wide, processed_items: -1 },
      'completed',
      ['result', 'processed_items'],
    ],
    ['half a sequence', { mark_completed: true, sequence: 7 }, 'completed', ['sequence']],
    [
      'metadata of 300 KiB',
      { mark_completed: true, metadata_patch: { log: 'm'.repeat(300 * KIB) } },
      'completed',
      ['metadata_patch'],
    ],
  ])('is taken, and what can’t be is told: %s', async (_what, report, status, ignored) => {
    const { answer, job } = await reported(report);
    expect(answer.status, answer.text).toBe(202);
    expect([answer.json.applied, job.status]).toEqual([true, status]);
    const paths = answer.json.ignored.map((one: { path: string }) => one.path.replace(/(?:\.0)+$/, ''));
    expect(paths).toEqual(ignored);
  });

  it('leaves a warning where a failed counter can’t be taken, and counts an error that lacks something', async () => {
    const { job } = await reported({ mark_completed: true, failed_items: 'many' });
    expect(job.status).toBe('completed_with_warnings');
    expect(job.warnings).toMatchObject([{ entity_key: job.job_id, error_type: 'report_incomplete' }]);
    const wrong = await reported({ mark_completed: true, errors: [{ message: nested(40) }] });
    expect(wrong.job).toMatchObject({ status: 'partial_success', errors_total: 1 });
  });

  it('tells what the job itself can’t take', async () => {
    const id = await client.createJob({ metadata: { full: 'm'.repeat(60 * KIB) } });
    const metadata_patch = { more: 'm'.repeat(10 * KIB) };
    const failed_delta = Number.MAX_SAFE_INTEGER;
    await client.report(id, { failed_items: 1 });
    const { answer, job } = await reported({ mark_completed: true, metadata_patch, failed_delta }, id);
    expect(answer.json.ignored.map((one: { path: string }) => one.path)).toEqual([
      'failed_delta',
      'metadata_patch',
    ]);
    expect(job.status).toBe('partial_success');
  });

  it('may come with 1 MiB, and a report without one with 256 KiB', async () => {
    const logs = Array.from({ length: 160 }, () => ({ level: 'info', message: 'm'.repeat(4_000) }));
    expect((await reported({ mark_completed: true, logs })).job.status).toBe('completed');
    expectRefusal((await reported({ logs })).answer, 413, 'body_too_large');
    const { answer, job } = await reported({ mark_completed: true, logs: [...logs, ...logs] });
    expectRefusal(answer, 413, 'body_too_large');
    expect(job.status).toBe('pending');
  });

  it('is of the job that a key names, whatever its errors don’t say', async () => {
    const from = { job_key: '/run', mark_completed: '/done', error: '/error', stage: '/stage' };
    const hook = await makeHook(client, GITHUB, { action: 'report', from });
    const body = { job_type: 'import', total_items: 1 };
    const made = await client.send('POST', '/api/jobs/', { body, headers: { 'Idempotency-Key': 'run-7' } });
    const answer = await push(hook.path, { run: 'run-7', done: true, error: { message: 'm' } });
    expect(answer.json, answer.text).toMatchObject({ applied: true, job_id: made.json.job_id });
    const { json } = await client.get(`/api/jobs/${made.json.job_id}`);
    expect(json.errors).toMatchObject([{ entity_key: json.job_id, message: 'm' }]);
  });

  it('is what a refusal needs to be excused: without one the field and its source are named', async () => {
    const { answer, job } = await reported({ processed_items: '12', stage: 's' });
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.json.errors).toEqual([
      { path: 'processed_items', message: 'must be a number; it is taken from "/processed_items"' },
    ]);
    expect(job.revision).toBe(1);
  });
});

it('a reporter that is a long number is told from one that differs in its last digit', async () => {
  const id = await client.createJob();
  for (const reporter of ['1234567890123456788', '1234567890123456789']) {
    const raw = `{"job":"${id}","reporter":${reporter},"sequence":1,"stage":${reporter}}`;
    const answer = await deliver(path, raw, github(raw));
    expect(answer.json, answer.text).toMatchObject({ applied: true });
    expect((await client.get(`/api/jobs/${id}`)).json.stage).toBe(reporter);
  }
});
