/**
 * The client against the service itself, through a proxy that drops, delays, cuts and doubles one request in ten, while the
 * service is killed five times. `HEADWAY_REPORTS=100000` is the whole; without it there are 2,000.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Headway, type Trouble, type WorkerJob } from '../../src/client/index.ts';
import { ChaosProxy } from './chaos-proxy.ts';
import { live } from './service.ts';

const REPORTS = Number(process.env.HEADWAY_REPORTS ?? 2_000);
const KILLS = 5;
/** Reports between two answers that are waited for. */
const STRETCH = Math.max(40, REPORTS / 400);

const troubles: Trouble[] = [];

function open(url: string): Headway {
  return new Headway({ url, apiKey: live.client.apiKey, onTrouble: (trouble) => troubles.push(trouble) });
}

/** What was said, counted here. */
const said = { processed: 0, failed: 0, warned: 0, errors: 0, warnings: 0, logs: 0, stages: 0 };

function sayOne(job: WorkerJob, n: number): void {
  const about = { entity_type: 'row', entity_key: `${n}`, message: `row ${n}` };
  said.processed += 1;
  job.report({ processed_delta: 1 });
  if (n % 100 === 3) {
    said.errors += 1;
    job.error({ ...about, error_type: 'missing' });
  }
  if (n % 100 === 7) {
    said.warnings += 1;
    job.warn({ ...about, error_type: 'odd' });
  }
  if (n % 20 === 1) {
    said.logs += 1;
    job.log(`line ${n}`);
  }
  if (n % 50 === 9) {
    said.logs += 1;
    job.report({ message: `message ${n}` });
  }
  if (n % 100 === 50) {
    said.stages += 1;
    job.report({ stage: `stage ${n}` });
  }
}

test(`${REPORTS} reports through a proxy that tears, to a service that is killed ${KILLS} times: 0 lost, 0 doubled`, async (t) => {
  const proxy = await ChaosProxy.before(live.client.url);
  t.after(() => proxy.stop());
  const headway = open(proxy.url);
  let jobId = '';
  let crashed = Promise.resolve();
  const began = Date.now();
  await headway.run({ job_type: 'import', total_items: REPORTS }, async (job) => {
    for (let n = 0; n < REPORTS; n++) {
      sayOne(job, n);
      if (n % STRETCH === STRETCH - 1) await job.flush();
      // Far enough apart that the service serves between them.
      if (n % Math.floor(REPORTS / KILLS) === Math.floor(REPORTS / KILLS / 2)) {
        await crashed;
        crashed = live.crash();
      }
    }
    await crashed;
    await job.flush();
    jobId = job.id ?? '';
  });
  console.log(`${proxy.requests} requests, ${JSON.stringify(proxy.met)}, ${Date.now() - began} ms`);
  assert.deepEqual(
    troubles.filter(({ kind }) => kind !== 'unreachable'),
    [],
  );
  const job = await open(live.client.url).get(jobId);
  const marks = ['job.created', 'job.started', 'job.completed'].length;
  assert.deepEqual(
    {
      status: job.status,
      processed: job.processed_items,
      errors: job.errors_total,
      warnings: job.warnings_total,
      failed: job.failed_items,
      rest: job.logs_total - job.errors_total - job.warnings_total,
      percentage: job.progress_percentage,
    },
    {
      status: 'partial_success',
      processed: said.processed,
      errors: said.errors,
      warnings: said.warnings,
      failed: Math.min(said.errors, 10_000),
      rest: said.logs + said.stages + marks,
      percentage: 100,
    },
  );
  for (const [way, count] of Object.entries(proxy.met)) assert.ok(count > 0, `nothing was ${way}`);
  const lines: string[] = [];
  for await (const { kind, message } of open(live.client.url).logs(jobId, { limit: 100 })) {
    if (kind === 'log') lines.push(message);
  }
  const numbers = lines.map((line) => Number(line.split(' ')[1]));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(lines).size, lines.length);
});
