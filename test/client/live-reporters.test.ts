/** Reporters of the client against the service itself: over a socket, several at once, many before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { overSocket } from '../../src/client/index.ts';
import { headway, open, ROWS, troubles } from './live-client.ts';
import { live } from './service.ts';

test('over the job’s socket reports arrive, over a SIGKILL too, and a cancellation comes at once', async () => {
  let posted = 0;
  const counting: typeof fetch = (input, init) => {
    if (String(input).endsWith('/progress/batch')) posted += 1;
    return fetch(input, init);
  };
  const wired = open({ wire: overSocket, fetch: counting });
  const { job_id } = await wired.enqueue({ ...ROWS, total_items: 100 });
  await using job = wired.attach(job_id);
  for (let n = 0; n < 100; n++) {
    job.report({ processed_delta: 1 });
    await job.flush();
    if (n === 50) await live.crash();
  }
  assert.equal((await wired.get(job_id)).processed_items, 100);
  // What was under way when the line broke is POSTed.
  assert.ok(posted <= 5, `${posted} of 100 were POSTed`);
  const cancelled = once(job.signal, 'abort');
  await headway.cancel(job_id, { reason: 'wrong file' });
  await cancelled;
  assert.equal(job.signal.reason.reason, 'wrong file');
  assert.ok(posted <= 5);
  assert.deepEqual(
    troubles.splice(0).filter(({ kind }) => kind !== 'unreachable'),
    [],
  );
});

test('what is refused on a socket is told as the route tells it', async () => {
  const wired = open({ wire: overSocket });
  const { job_id } = await wired.enqueue(ROWS);
  await live.client.report(job_id, { mark_completed: true });
  await using job = wired.attach(job_id);
  job.report({ processed_delta: 1 });
  await assert.rejects(job.flush(), { code: 'job_terminal' });
  assert.deepEqual(
    troubles.splice(0).map(({ kind }) => kind),
    ['stopped'],
  );
});

test('two processes under one name: who is behind is told', async () => {
  const { job_id } = await headway.enqueue(ROWS);
  await using first = open({ reporter: 'import' }).attach(job_id);
  await using second = open({ reporter: 'import' }).attach(job_id);
  second.reporter.outbox.goAbove(Date.now() + 60_000);
  second.report({ processed_delta: 1 });
  await second.flush();
  first.report({ processed_delta: 2 });
  await assert.rejects(first.flush(), { code: 'stale_sequence' });
  first.report({ processed_delta: 4 });
  await first.flush();
  assert.equal((await headway.get(job_id)).processed_items, 5);
  assert.deepEqual(
    troubles.splice(0).map(({ kind, jobId }) => [kind, jobId]),
    [['stale', job_id]],
  );
});

test('a job that knows a thousand reporters takes a report all the same, once', async () => {
  const { job_id } = await headway.enqueue(ROWS);
  const reports = Array.from({ length: 1_000 }, (_, n) => ({ reporter: `r${n}`, sequence: 1 }));
  assert.equal((await live.client.post(`/api/jobs/${job_id}/progress/batch`, { reports })).status, 200);
  await using job = headway.attach(job_id);
  for (let i = 0; i < 3; i++) {
    job.report({ processed_delta: 1 });
    await job.flush();
  }
  assert.equal((await headway.get(job_id)).processed_items, 3);
  assert.deepEqual(troubles, []);
});
