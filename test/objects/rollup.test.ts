/** What the children of a job come to follows from their entries, whatever is done to those, in whatever order. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, STATUSES, type Status } from '../../src/domain/job/job';
import { type Rollup, rollUp } from '../../src/domain/job/rollup';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { Tables } from '../../src/objects/kit/tables';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { RepairStore } from '../../src/objects/org-index/repair-store';
import { RollupStore } from '../../src/objects/org-index/rollup-store';
import { freshJob } from '../support/arbitraries';
import { fillSummaries } from '../support/fill-summaries';

const PARENTS = ['p1', 'p2'];
const MARKS = { through: 1, progressed_at: 0, told: {}, updated_at: 0 };
const LIKE = summarize(freshJob());
let objects = 0;

function inIndex(work: (sql: SqlStorage, storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.ORG_INDEX.getByName(`rollup-${++objects}/0`);
  return runInDurableObject(stub, (_index, { storage }) => {
    storage.transactionSync(() => new OrgIndexStore(storage.sql).prepare());
    work(storage.sql, storage);
  }) as Promise<void>;
}

/** Of each chain the newest, each as many items as it has. */
function truth(jobs: readonly Summary[], parent: string): Rollup {
  const newest = new Map<string, Summary>();
  for (const job of jobs.filter((one) => one.parent_job_id === parent)) {
    const known = newest.get(job.root_job_id);
    if (known === undefined || job.created_at >= known.created_at) newest.set(job.root_job_id, job);
  }
  const part = {
    by_status: Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>,
    ...{ weight: 0n, done: 0n },
  };
  for (const { status, total_items, progress_percentage } of newest.values()) {
    const weight = BigInt(Math.max(total_items, 1));
    part.by_status[status] += 1;
    part.weight += weight;
    const share = Math.min(Math.max(Math.round(100 * progress_percentage), 0), 10_000);
    part.done += weight * BigInt(isTerminal(status) ? 10_000 : share);
  }
  return rollUp([part]);
}

/** What can't be is in a body that was spoiled. */
const percentage = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100) },
  { weight: 1, arbitrary: fc.constantFrom(-7, 250) },
);
const total = fc.constantFrom(0, 1, 3, 200, Number.MAX_SAFE_INTEGER);
const state = fc.record({
  status: fc.constantFrom(...STATUSES),
  total_items: total,
  progress_percentage: percentage,
});
const pick = fc.nat();
const act = fc.oneof(
  fc.record({ act: fc.constant('make' as const), parent: fc.constantFrom(...PARENTS, null), state }),
  fc.record({ act: fc.constant('rerun' as const), of: pick, after: fc.nat({ max: 2 }), state }),
  fc.record({ act: fc.constant('change' as const), of: pick, state }),
  fc.record({ act: fc.constant('delete' as const), of: pick }),
  fc.record({ act: fc.constant('crash' as const), of: pick, state }),
  fc.record({ act: fc.constant('move' as const), of: pick, parent: fc.constantFrom(...PARENTS, null) }),
  fc.record({ act: fc.constant('turn back' as const), of: pick, by: fc.nat({ max: 3 }) }),
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/** Does it to the index and to the jobs that it should have. */
function run(
  store: OrgIndexStore,
  storage: DurableObjectStorage,
  jobs: Summary[],
  one: Act,
  n: number,
): void {
  if (one.act === 'make') {
    const job_id = `j${n}`;
    const own = { job_id, root_job_id: job_id, created_at: n, parent_job_id: one.parent };
    const job = { ...LIKE, ...own, ...one.state };
    store.insert(job, MARKS);
    jobs.push(job);
    return;
  }
  const at = one.of % Math.max(jobs.length, 1);
  const job = jobs[at];
  if (job === undefined) return;
  const update = (next: Summary) => store.update(next, MARKS, { ...job, updated_at: 0 });
  const set = (changes: Partial<Summary>) => {
    for (const [column, value] of Object.entries(changes)) {
      storage.sql.exec(
        `UPDATE summary SET ${column} = ? WHERE job_id = ?`,
        value as SqlStorageValue,
        job.job_id,
      );
    }
    Object.assign(job, changes);
  };
  switch (one.act) {
    case 'rerun': {
      // Its number is greater than all others: of two that were made at one time it is the newer.
      const again = { job_id: `j${n}`, rerun_of: job.job_id, created_at: job.created_at + one.after };
      const made = { ...job, ...again, ...one.state };
      store.insert(made, MARKS);
      jobs.push(made);
      return;
    }
    case 'change':
      update({ ...job, ...one.state });
      Object.assign(job, one.state);
      return;
    case 'delete':
      store.remove(job, 9, 9, 1);
      jobs.splice(at, 1);
      return;
    case 'crash': {
      const crash = () =>
        storage.transactionSync(() => {
          update({ ...job, ...one.state });
          store.remove(job, 9, 9, 1);
          throw new Error('a crash');
        });
      expect(crash).toThrow('a crash');
      store.forget();
      return;
    }
    case 'move':
      set({ parent_job_id: one.parent });
      return;
    case 'turn back':
      set({ created_at: job.created_at - one.by });
      return;
  }
}

it('it is what the newest of each chain come to: made, changed, run again, deleted, broken, rolled back in any order', async () => {
  await inIndex((sql, storage) => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40, minLength: 5 }), (acts) => {
        sql.exec('DELETE FROM summary');
        const [store, rollups] = [new OrgIndexStore(sql), new RollupStore(sql, new Tables(sql))];
        const jobs: Summary[] = [];
        for (const [n, one] of acts.entries()) {
          run(store, storage, jobs, one, n + 1);
          for (const parent of PARENTS) {
            const rollup = rollUp([rollups.of(parent, null)]);
            expect(rollup).toEqual(truth(jobs, parent));
            expect(rollUp([rollups.of(parent, { job_types: [LIKE.job_type] })])).toEqual(rollup);
            expect(rollup.progress_percentage).toBeGreaterThanOrEqual(0);
            expect(rollup.progress_percentage).toBeLessThanOrEqual(100);
          }
        }
        expect(rollUp([rollups.of('p1', { tag: 'none' })]).children).toBe(0);
        for (const job of jobs) store.remove(job, 9, 9, 1);
        expect(sql.exec('SELECT parent FROM rollup UNION SELECT parent FROM child').toArray()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

it('10,000 children of as many items as there may be are added up to the last', async () => {
  await inIndex((sql) => {
    const job = {
      ...LIKE,
      parent_job_id: 'p1',
      total_items: Number.MAX_SAFE_INTEGER,
      status: 'completed' as const,
    };
    fillSummaries(sql, job, 10_000, { job_id: "'j' || n", created_at: 'n' });
    const rollups = new RollupStore(sql, new Tables(sql));
    const { weight, done } = rollups.of('p1', null);
    expect(weight).toBe(10_000n * BigInt(Number.MAX_SAFE_INTEGER));
    expect(done).toBe(10_000n * weight);
    sql.exec("UPDATE summary SET status = 'in_progress' WHERE job_id = 'j7'");
    const [before, now] = [rollUp([{ ...rollups.of('p1', null), done }]), rollUp([rollups.of('p1', null)])];
    expect([before.progress_percentage, now.progress_percentage, now.status]).toEqual([
      100,
      99.99,
      'in_progress',
    ]);
  });
});

describe('rows written', () => {
  it('a child’s progress is one row more than another’s, and none more where its parent comes to the same', async () => {
    await inIndex((sql) => {
      let rows = 0;
      const counting = {
        exec: (query: string, ...values: SqlStorageValue[]) => {
          const cursor = sql.exec(query, ...values);
          rows += cursor.rowsWritten;
          return cursor;
        },
      } as unknown as SqlStorage;
      const store = new OrgIndexStore(counting);
      const cost = (work: () => void) => {
        rows = 0;
        work();
        return rows;
      };
      const known = { status: LIKE.status, health: LIKE.health, updated_at: 0 };
      const costs = (parent_job_id: string | null) => {
        const job = { ...LIKE, job_id: `of ${parent_job_id}`, parent_job_id };
        return [
          cost(() => store.insert(job, MARKS)),
          cost(() => store.update({ ...job, progress_percentage: 7 }, MARKS, known)),
          cost(() => store.update({ ...job, progress_percentage: 7, last_message: 'on' }, MARKS, known)),
        ];
      };
      // The first of a type has its counts made.
      store.insert({ ...LIKE, job_id: 'first' }, MARKS);
      const [plain, child] = [costs(null), costs('p1')];
      // Of a child: its term, its place in its chain, and its parent’s row.
      expect(child.map((rowsOf, index) => rowsOf - (plain[index] ?? 0))).toEqual([3, 1, 0]);
    });
  });
});

it('an entry is looked for among the children by its parent too', async () => {
  await inIndex((sql) => {
    const [store, repair] = [new OrgIndexStore(sql), new RepairStore(sql, new Tables(sql))];
    store.insert({ ...LIKE, parent_job_id: 'p1' }, MARKS);
    sql.exec('UPDATE summary SET parent_job_id = NULL');
    const [entry] = repair.entriesOf(LIKE.job_id);
    if (entry === undefined) throw new Error('it has an entry');
    repair.drop(entry, { ...LIKE, parent_job_id: 'p1' });
    expect(sql.exec('SELECT * FROM summary_term').toArray()).toEqual([]);
  });
});
