import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, expect, it, vi } from 'vitest';
import type { Summary } from '../../src/domain/job/summary';
import { JobCommits } from '../../src/objects/job/job-commits';
import type { JobDO } from '../../src/objects/job/job-do';
import type { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { makeClient } from '../support/client';
import { holdDisk } from '../support/hold-disk';
import { indexStub, jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

/** What waits in an object for its commit is bounded in bytes, however it came. */

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sizes of which some are refused, and what is taken leaves no room for `LONG`. */
const FILL = [
  Array(18).fill(1_000_000),
  Array(9).fill(100_000),
  Array(9).fill(10_000),
  Array(9).fill(1_000),
].flat();
const LONG = 'x'.repeat(3_900);

/** A report of a size, as the object is asked. */
function sized(bytes: number) {
  const report = { processed_delta: 1, logs: [{ level: 'info' as const, message: 'x'.repeat(bytes) }] };
  const unit = { commands: [{ verb: 'report' as const, report, digest: '' }], batch: false };
  return { unit, key: null };
}

it('a report that would pass what may wait for a job’s commit is a 503, and on a socket the same in its turn', async () => {
  const client = await makeClient();
  const id = await client.createJob({ total_items: 100 });
  const stub = await jobStub(client.organization, id);
  const worker = await SocketReporter.open(client, id);
  await worker.report({ processed_delta: 1 });
  const { release } = await holdDisk(stub);
  // The first is committed alone, and its disk keeps the others waiting.
  const filling = runInDurableObject(stub, (job: JobDO) =>
    Promise.all([1, ...FILL].map((bytes) => job.apply(client.organization, sized(bytes), {}))),
  );
  const long = { processed_delta: 1, message: LONG };
  await vi.waitFor(async () => expect((await client.get(`/api/jobs/${id}`)).json.revision).toBe(3));
  const refused = await client.report(id, long);
  expect([refused.status, refused.json.code, refused.headers.get('Retry-After')]).toEqual([
    503,
    'overloaded',
    '1',
  ]);
  const arrived = vi.spyOn(JobCommits.prototype, 'add');
  worker.send({ report: long });
  worker.send({ report: { ...long, reporter: 'r', sequence: 1 } });
  worker.send({ report: { ...long, reporter: 'r', sequence: 2 } });
  await vi.waitFor(() => expect(arrived.mock.calls.flatMap(([members]) => members)).toHaveLength(2));
  release();
  const acks = await worker.acks(2);
  expect(acks.map(({ error }) => error?.code)).toEqual(['overloaded', 'overloaded']);
  // A sequence that was refused comes again on another socket, in order.
  expect(await worker.acks(1)).toEqual([]);
  const taken = (await filling).filter((applied) => applied?.answer.outcome === 'done').length;
  expect(taken).toBeGreaterThan(16);
  expect(taken).toBeLessThan(FILL.length);
  expect((await client.report(id, long)).status).toBe(200);
  expect((await client.get(`/api/jobs/${id}`)).json.processed_items).toBe(taken + 2);
});

it('a publication that would pass what may wait for an index’s commit comes again by its job’s alarm', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const client = await makeClient();
  const id = await client.createJob();
  const other = await client.createJob();
  const index = indexStub(client.organization);
  const { release } = await holdDisk(index);
  const summary = await runInDurableObject(await jobStub(client.organization, other), (job: JobDO) =>
    job.get(client.organization, {}),
  ).then((view) => view?.summary as Summary);
  const filling = runInDurableObject(index, (object: OrgIndexDO) =>
    Promise.allSettled(
      [1, ...FILL].map((bytes) =>
        object.publish({
          summary: { ...summary, last_message: 'x'.repeat(bytes) },
          ...{ events: [], through: 1, deleted: false },
        }),
      ),
    ),
  );
  const done = await client.report(id, { mark_completed: true, processed_delta: 10, message: LONG });
  expect(done.status).toBe(200);
  release();
  expect((await filling).map(({ status }) => status)).toContain('rejected');
  await runDurableObjectAlarm(await jobStub(client.organization, id));
  const list = await client.get('/api/jobs/?status=completed');
  expect(list.json.jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual([id]);
});
