/** What an index counts is what a naive count of its jobs comes to, whatever it is told and in whichever order. */
import { runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CATEGORIES, isTerminal, STATUSES } from '../../src/domain/job/job';
import { mergeStats, type StatsPart, TYPES_COUNTED, totalOf } from '../../src/domain/job/stats';
import type { Summary } from '../../src/domain/job/summary';
import { migrateByTable } from '../../src/objects/kit/migrate';
import type { ListPart } from '../../src/objects/org-index/contract';
import { ORG_INDEX_MIGRATIONS } from '../../src/objects/org-index/org-index-schema';
import { countRows } from '../support/count-rows';
import { countingShard, endedAt, PLENTY, START, summaryOf } from '../support/counting-shard';
import { insertOldSummary } from '../support/old-summaries';

/** The last version that did not count. */
const BEFORE = 10;

/** The counts of a list of jobs, by hand: type, category, status and how many. */
function naive(jobs: readonly Summary[]): string[] {
  const kinds = Map.groupBy(jobs, ({ job_type, category, status }) => `${job_type} ${category} ${status}`);
  return [...kinds].map(([kind, all]) => `${kind} ${all.length}`).sort();
}

function told({ types }: StatsPart): string[] {
  return types
    .flatMap(({ job_type, by_category }) =>
      by_category.flatMap(([category, counts]) =>
        counts.flatMap((count, index) =>
          count === 0 ? [] : `${job_type} ${category} ${STATUSES[index]} ${count}`,
        ),
      ),
    )
    .sort();
}

const steps = fc.array(
  fc.record({
    n: fc.nat(5),
    revision: fc.integer({ min: 1, max: 5 }),
    kind: fc.constantFrom('publish', 'publish', 'publish', 'again', 'delete', 'refuse'),
  }),
  { maxLength: 40 },
);
/** What each job is at each revision: fixed, as it is in the life of one. */
const lives = fc.array(
  fc.record({
    job_type: fc.constantFrom('import', 'export', '', 'other'),
    category: fc.constantFrom(...CATEGORIES),
    statuses: fc.tuple(
      fc.constant('pending' as const),
      fc.constantFrom('pending' as const, 'in_progress' as const),
      fc.constantFrom(...STATUSES),
    ),
  }),
  { minLength: 6, maxLength: 6 },
);

afterEach(() => {
  vi.useRealTimers();
});

describe('counts', () => {
  it('are exact after publications in any order, repeated ones, refused creations and deletions', async () => {
    await fc.assert(
      fc.asyncProperty(lives, steps, async (made, taken) => {
        const { publish, part, index } = countingShard();
        const known = new Map<number, Summary>();
        const gone = new Set<number>();
        const ended = new Map<number, Summary>();
        let last: (() => Promise<unknown>) | null = null;
        for (const { n, revision: at, kind } of taken) {
          // What deletes a job is newer than all that it was.
          const revision = kind === 'delete' ? 9 : at;
          const { statuses, ...filed } = made[n] ?? { statuses: ['pending'] as const, job_type: 'import' };
          const job_type = filed.job_type || 'import';
          const status = statuses[Math.min(revision, statuses.length) - 1] ?? 'pending';
          const completed_at = isTerminal(status) ? START + n : null;
          const summary = summaryOf(n, revision, { ...filed, job_type, status, completed_at });
          const before = known.get(n);
          if (kind === 'again') {
            await last?.();
            continue;
          }
          if (kind === 'refuse') {
            await publish(summary, { creation: { ...PLENTY, jobs: 0 } });
            if (before === undefined) continue;
          } else {
            const deleted = kind === 'delete';
            last = () => publish(summary, { deleted });
            await last();
            if (deleted) {
              if (before !== undefined && !isTerminal(before.status) && isTerminal(status))
                ended.set(n, summary);
              known.delete(n);
              gone.add(n);
              continue;
            }
          }
          if (gone.has(n) || (before !== undefined && before.revision >= revision)) continue;
          if (isTerminal(status) && (before === undefined || !isTerminal(before.status)))
            ended.set(n, summary);
          known.set(n, summary);
        }
        const now = await part();
        expect(told(now)).toEqual(naive([...known.values()]));
        const { jobs } = (await index.list({}, null, 100, 1_000_000)) as ListPart;
        expect(told(now)).toEqual(naive(jobs));
        const { types } = mergeStats([now], START);
        expect(types.reduce((sum, { ended: count }) => sum + count, 0)).toBe(ended.size);
      }),
      { numRuns: 60 },
    );
  });

  it('follow whatever writes entries, and are mended where they were written themselves', async () => {
    const { all, part, sql, index, counted } = countingShard();
    const jobs = Array.from({ length: 20 }, (_, n) => summaryOf(n, 1, { job_type: n % 2 ? 'a' : 'b' }));
    await all(jobs);
    await sql(
      "UPDATE summary SET status = 'failed' WHERE n % 3 = 0",
      "UPDATE summary SET job_type = 'c', category = 'ai' WHERE n % 5 = 0",
      'DELETE FROM summary WHERE n % 7 = 0',
      "INSERT INTO summary (job_id, created_at, revision, through, status, category, job_type, tags, body) VALUES ('x', 1, 1, 0, 'pending', 'seo', 'b', '[]', '[]')",
    );
    const { jobs: listed } = (await index.list({}, null, 100, 1_000_000)) as ListPart;
    const truth = naive(listed);
    expect(told(await part())).toEqual(truth);
    await sql('UPDATE job_count SET pending = pending + 3', 'DELETE FROM job_count WHERE n = 2');
    await index.verify(null, 0);
    expect((await part()).complete).toBe(false);
    expect((await counted()).complete).toBe(true);
    expect(told(await part())).toEqual(truth);
  });

  it('of an index of before are made in steps, and say so until they are, whatever comes in between', async () => {
    const JOBS = 3_500;
    const { index, part, publish, counted } = countingShard();
    const known = Array.from({ length: JOBS }, (_, n) => summaryOf(n, 1, { job_type: `t${n % 3}` }));
    await runInDurableObject(index, (_object, { storage }) =>
      storage.transactionSync(() => {
        migrateByTable(storage.sql, ORG_INDEX_MIGRATIONS, BEFORE);
        for (const summary of known) insertOldSummary(storage.sql, summary);
      }),
    );
    expect(await part()).toMatchObject({ complete: false });
    const change = async (n: number, fields: Partial<Summary>) => {
      const summary = summaryOf(n, 2, { job_type: `t${n % 3}`, ...fields });
      known[n] = summary;
      await publish(summary);
    };
    // With the first of a type that is counted there is a count that those which wait could be added to.
    const added = summaryOf(JOBS, 1, { job_type: 't0' });
    await Promise.all([
      publish(added),
      change(3, { status: 'in_progress' }),
      change(JOBS - 1, { status: 'in_progress' }),
      publish(summaryOf(JOBS - 2, 2, { job_type: 't0' }), { deleted: true }),
    ]);
    known.splice(JOBS - 2, 1);
    known.push(added);
    expect(await counted()).toMatchObject({ complete: true });
    expect(told(await part())).toEqual(naive(known));
  });

  it('of types beyond the first are shared, and exact over shards that have met them in different orders', async () => {
    const shards = [countingShard(), countingShard()];
    const types = Array.from({ length: TYPES_COUNTED + 5 }, (_, n) => `type ${n}`);
    let n = 0;
    for (const [index, { all }] of shards.entries()) {
      const order = index === 0 ? types : types.toReversed();
      for (const job_type of order) await all([summaryOf(n++, 1, { job_type })]);
    }
    const parts = await Promise.all(shards.map(({ part }) => part()));
    const { types: shown, shared, counts } = mergeStats(parts, START);
    expect(totalOf(counts)).toBe(2 * types.length);
    expect(shown).toHaveLength(100);
    expect(shown.every((type) => totalOf(type.counts) === 2)).toBe(true);
    expect(totalOf(shared.counts)).toBe(2 * (types.length - 100));
    // Whoever asks for one of them can't be told.
    expect((await shards[0]?.part({ job_types: ['type 3'] }))?.complete).toBe(true);
    expect((await shards[0]?.part({ job_types: types.slice(-1) }))?.complete).toBe(false);
    // Its jobs are taken from where they were counted.
    await shards[0]?.all([
      summaryOf(TYPES_COUNTED + 1, 2, { job_type: types[TYPES_COUNTED + 1] ?? '', status: 'failed' }),
    ]);
    const after = mergeStats(await Promise.all(shards.map(({ part }) => part())), START);
    expect(after.shared.counts[STATUSES.indexOf('failed')]).toBe(1);
  });

  it('cost a row for a creation, one for a start, two for an end, however many share its commit, and none for progress', async () => {
    const { index, publish, all } = countingShard();
    const uncounted = countingShard();
    // The feed tells progress by the clock, which goes on between one shard and the other.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await Promise.all([uncounted, { index, publish, all }].map((one) => one.all([endedAt(0, 0, 1)])));
    await uncounted.sql(
      ...['came', 'went', 'moved', 'turned'].map((trigger) => `DROP TRIGGER job_${trigger}`),
      'DELETE FROM job_count',
    );
    const rows = async (work: (one: { all: typeof all; publish: typeof publish }) => Promise<unknown>) => {
      const before = await countRows(uncounted.index, () => work(uncounted));
      return (await countRows(index, () => work({ publish, all }))) - before;
    };
    expect(await rows((one) => one.publish(summaryOf(1, 1)))).toBe(1);
    const running = { status: 'in_progress' } as const;
    expect(await rows((one) => one.publish(summaryOf(1, 2, running)))).toBe(1);
    expect(await rows((one) => one.publish(summaryOf(1, 3, { ...running, processed_items: 1 })))).toBe(0);
    expect(await rows((one) => one.publish(endedAt(1, 1_000, 1, { revision: 4 })))).toBe(2);
    expect(await rows((one) => one.publish(endedAt(1, 1_000, 1, { revision: 4 })))).toBe(0);
    const many = Array.from({ length: 20 }, (_, n) => summaryOf(n + 2, 1, running));
    await Promise.all([all(many), uncounted.all(many)]);
    const commits = await rows((one) => one.all(many.map((_, n) => endedAt(n + 2, 1_000, 1))));
    expect(commits).toBeLessThanOrEqual(20 + 5);
  });
});
