import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newJob, seedFrom } from '../../src/domain/job/new-job';
import { transition } from '../../src/domain/job/transition';
import { JobStore } from '../../src/objects/job/job-store';
import { NO_MARKS } from '../../src/objects/job/publisher';
import { history, NEVER_SEEN, NOW, type Step } from '../support/arbitraries';

const SEED = seedFrom({ job_type: 'import', total_items: 10 });
if ('code' in SEED) throw new Error(SEED.detail);
const BORN = newJob('j', 'o', SEED, NOW);
const BOOKS = {
  ...NO_MARKS,
  ...{ deleted_at: null, keys: null, keys_total: 0 },
  ...{ created_key: null, created_digest: null },
};

/** Plays a history on a new job in an object of its own; `after` looks at the store once each change is written. */
async function play(
  steps: readonly Step[],
  after: (store: JobStore, storage: DurableObjectStorage) => void,
  watch: (sql: SqlStorage) => SqlStorage = (sql) => sql,
): Promise<void> {
  const stub = (env.JOB as unknown as DurableObjectNamespace).getByName(crypto.randomUUID());
  await runInDurableObject(stub, async (_object, { storage }) => {
    const store = new JobStore(watch(storage.sql));
    storage.transactionSync(() => store.create(BORN, BOOKS, [], { stored: null, takenUntil: null }));
    let [job, now] = [BORN.job, NOW];
    for (const step of steps) {
      now += step.after;
      const change = transition(job, step.command, now, NEVER_SEEN);
      if (change.job === job) continue;
      const books = { ...BOOKS, pub_revision: job.revision };
      storage.transactionSync(() => store.save(job, { ...change, entities: [] }, books));
      job = change.job;
      after(store, storage);
    }
    await storage.deleteAll();
  });
}

it('what memory knows of a job after each change is what its storage gives to the next instance', async () => {
  let looked = 0;
  const property = fc.asyncProperty(history, (steps) =>
    play(steps, (store, { sql }) => {
      looked += 1;
      expect(new JobStore(sql).load()).toEqual(store.load());
    }),
  );
  await fc.assert(property, { numRuns: 30 });
  expect(looked).toBeGreaterThan(30);
});

it('a report binds what it changes of the row, and not the row', async () => {
  const updates: number[] = [];
  const watch = (sql: SqlStorage): SqlStorage =>
    new Proxy(sql, {
      get(target, name) {
        if (name !== 'exec') return Reflect.get(target, name);
        return (query: string, ...values: SqlStorageValue[]) => {
          if (query.startsWith('UPDATE job')) updates.push(values.length);
          return target.exec(query, ...values);
        };
      },
    });
  const report = (processed_items: number): Step => {
    return { command: { verb: 'report', report: { processed_items } as never, digest: '' }, after: 1_000 };
  };
  await play([1, 2, 3, 4].map(report), () => undefined, watch);
  expect(updates).toHaveLength(4);
  expect(Math.max(...updates.slice(1))).toBeLessThanOrEqual(10);
});
