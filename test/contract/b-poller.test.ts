import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { client } from './live-service.ts';
import { parsePython, runPoller } from './poller.ts';

const ISSUE = { entity_type: 'page', entity_key: 'p-1', error_type: 'timeout', message: 'No answer' };
const HALF_WAY = { mark_started: true, processed_items: 2 };

/**
 * Runs the printed poller on a new job of four items. When it has seen the job pending, a worker starts it;
 * when it has seen it running, `end` is called. Answers the two parts of the last line.
 */
async function pollTo(
  end: (jobId: string) => Promise<unknown>,
): Promise<{ status: string; result: unknown }> {
  const jobId = await client.createJob({ job_type: 'web_crawling', total_items: 4 });
  const lines = await runPoller(client, jobId, async (line) => {
    if (line.startsWith('Job pending')) await client.report(jobId, HALF_WAY);
    if (line.startsWith('Job running')) await end(jobId);
  });
  assert.deepEqual(lines.slice(0, -1), ['Job pending: 0%', 'Job running: 50%']);
  const last = /^Job (\w+): (.*)$/.exec(lines.at(-1) ?? '');
  assert.ok(last, `the last line is ${lines.at(-1)}`);
  const { json } = await client.get(`/v1/api/jobs/${jobId}`);
  const result = parsePython(last[2] ?? '');
  assert.deepEqual(result, json.data.result);
  return { status: last[1] ?? '', result };
}

/** Ends a job over contract a with one report. */
function reporting(report: Record<string, unknown>) {
  return (jobId: string) => client.report(jobId, report);
}

const COUNTED = { itemsProcessed: 2, itemsFailed: 0, itemsWarned: 0, errors: 0, errorMessage: null };

describe('the printed poller', { concurrency: true }, () => {
  test('the poller follows a job to completed', async () => {
    const result = { documentsProcessed: 50, errors: 0 };
    const end = reporting({ processed_items: 4, result, mark_completed: true });
    assert.deepEqual(await pollTo(end), { status: 'completed', result });
  });

  test('the poller follows a job to failed', async () => {
    const errorMessage = "The feed 'north' broke off";
    const result = { ...COUNTED, errors: 1, errorMessage };
    assert.deepEqual(await pollTo(reporting({ mark_failed: errorMessage })), { status: 'failed', result });
  });

  test('the poller follows a job to cancelled', async () => {
    const end = (jobId: string) => client.post(`/api/jobs/${jobId}/cancel`);
    assert.deepEqual(await pollTo(end), { status: 'cancelled', result: COUNTED });
  });

  test('the poller sees completed_with_warnings as completed', async () => {
    const end = reporting({ processed_items: 4, warning: ISSUE, mark_completed: true });
    const result = { ...COUNTED, itemsProcessed: 4, itemsWarned: 1 };
    assert.deepEqual(await pollTo(end), { status: 'completed', result });
  });

  test('the poller sees partial_success as completed', async () => {
    const end = reporting({ processed_items: 3, error: ISSUE, mark_completed: true });
    const result = { ...COUNTED, itemsProcessed: 3, itemsFailed: 1, errors: 1 };
    assert.deepEqual(await pollTo(end), { status: 'completed', result });
  });

  test('the poller of a job that has ended prints its end alone', async () => {
    const jobId = await client.createJob();
    await client.report(jobId, { result: { pages: 3 }, mark_completed: true });
    const lines = await runPoller(client, jobId, () => Promise.resolve());
    assert.deepEqual(lines, ["Job completed: {'pages': 3}"]);
  });
});
