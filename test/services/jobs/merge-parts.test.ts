import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListedJob, ListPart, ListPosition } from '../../../src/objects/org-index/contract';
import { mergeParts } from '../../../src/services/jobs/merge-parts';

const place = fc.record({
  created_at: fc.integer({ min: 0, max: 9 }),
  job_id: fc.stringMatching(/^[0-9a-f]{2}$/),
});
const job = fc.record({ shard: fc.nat(2), wanted: fc.boolean(), place });
const older = (a: ListPosition, b: ListPosition) =>
  a.created_at < b.created_at || (a.created_at === b.created_at && a.job_id < b.job_id);

it('parts of any size, over shards that look at few rows at a time, show every job once and in order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(job, { selector: ({ place: { job_id } }) => job_id, maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (jobs, limit, scan) => {
        const inOrder = [...jobs].sort((a, b) => (older(a.place, b.place) ? 1 : -1));
        const partOf = (shard: number, before: ListPosition | null): ListPart => {
          const rows = inOrder.filter(
            (row) => row.shard === shard && (before === null || older(row.place, before)),
          );
          const shown: ListPosition[] = [];
          for (const [index, row] of rows.entries()) {
            if (row.wanted) shown.push(row.place);
            if (shown.length >= limit || index + 1 >= scan)
              return { jobs: shown as ListedJob[], through: row.place };
          }
          return { jobs: shown as ListedJob[], through: null };
        };
        const seen: string[] = [];
        for (let before: ListPosition | null = null, rounds = 0; ; rounds++) {
          expect(rounds).toBeLessThan(100);
          const merged = mergeParts([0, 1, 2].map((shard) => partOf(shard, before)));
          seen.push(...merged.jobs.map(({ job_id }) => job_id));
          if (merged.through === null) break;
          before = merged.through;
        }
        expect(seen).toEqual(inOrder.filter(({ wanted }) => wanted).map(({ place: { job_id } }) => job_id));
      },
    ),
    { numRuns: 500 },
  );
});
