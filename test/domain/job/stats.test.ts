import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CATEGORIES, STATUSES } from '../../../src/domain/job/job';
import { OUTCOMES, packSamples, SAMPLES, unpackSamples } from '../../../src/domain/job/samples';
import { mergeStats, type StatsPart, withoutOlder } from '../../../src/domain/job/stats';

const MINUTE = 60_000;
const NOW = 5_000 * MINUTE;

/** A shard of some types, each of which had an end a minute now and then. */
const part = fc
  .array(fc.tuple(fc.constantFrom('', 'a', 'b', 'c'), fc.nat(700), fc.integer({ min: 1, max: 4 })), {
    maxLength: 4,
  })
  .map((types): StatsPart => {
    const [since, slow] = [1, 0];
    return {
      ...{ complete: true, slow_complete: true, hours: [] },
      types: [...new Map(types.map((type) => [type[0], type]))].map(([job_type, [, ends, every]]) => ({
        ...{ job_type, since, slow },
        by_category: [[CATEGORIES[0], STATUSES.map(() => ends)]],
        samples: packSamples(
          Array.from({ length: ends }, (_, n) => ({
            at: n * every * MINUTE,
            outcome: OUTCOMES[(n * every) % OUTCOMES.length] ?? 'failed',
            seconds: n % 3 === 0 ? null : n * every,
          })),
        ),
      })),
    };
  });

it('what is said of many shards is the same without the ends that are not among the last', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const less = withoutOlder(parts);
      expect(mergeStats(less, NOW)).toEqual(mergeStats(parts, NOW));
    }),
  );
});

it('slow jobs are those of all types, whether they are shown by name or among the others', () => {
  // A hundred have numbers of their own.
  const types = Array.from({ length: 102 }, (_, n) => {
    return { job_type: `type ${n}`, since: n, slow: 1, by_category: [], samples: packSamples([]) };
  });
  const one: StatsPart = { complete: true, slow_complete: true, hours: [], types };
  const { slow, shared } = mergeStats([one, one], NOW);
  expect([slow, shared.slow]).toEqual([2 * types.length, 4]);
});

it('as many are left as are the last of a type, and those of the same minute', () => {
  const samples = Array.from({ length: 900 }, (_, n) => {
    return { at: n * MINUTE, outcome: 'completed' as const, seconds: 1 };
  });
  const one: StatsPart = {
    ...{ complete: true, slow_complete: true, hours: [] },
    types: [{ job_type: 'a', since: 1, slow: 0, by_category: [], samples: packSamples(samples) }],
  };
  const left = withoutOlder([one, one, one]).flatMap(({ types }) =>
    types.flatMap((type) => unpackSamples(type.samples)),
  );
  expect(left.length).toBeGreaterThanOrEqual(SAMPLES);
  expect(left.length).toBeLessThan(SAMPLES + 3);
});
