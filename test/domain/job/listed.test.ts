import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteLength } from '../../../src/domain/base/json';
import { listed } from '../../../src/domain/job/listed';
import { summarize } from '../../../src/domain/job/summary';
import { freshJob } from '../../support/arbitraries';

const long = fc.string({ unit: 'binary', maxLength: 4_000, size: 'max' });
const summary = fc
  .record({
    ...{ last_message: fc.option(long), error_message: fc.option(long), reason: long },
    counts: fc.dictionary(fc.string({ maxLength: 200, size: 'max' }), fc.integer({ min: 1, max: 9 }), {
      maxKeys: 101,
    }),
  })
  .map(({ reason, counts, ...texts }) => {
    const cancellation = {
      reason,
      requested_at: 1,
      requested_by: 'k',
      acknowledged_at: null,
      acknowledged_with: null,
    };
    return { ...summarize(freshJob()), ...texts, cancellation, errors_by_type: counts };
  });
const total = (counts: Record<string, number>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

it('a list shows a job in a few KB, whatever its texts are, and counts all of its errors', () => {
  fc.assert(
    fc.property(summary, (whole) => {
      const shown = listed(whole);
      expect(byteLength(JSON.stringify(shown))).toBeLessThan(32_768);
      expect(listed(shown)).toEqual(shown);
      expect(total(shown.errors_by_type)).toBe(total(whole.errors_by_type));
    }),
    { numRuns: 200 },
  );
});

it('what is short is shown as it is', () => {
  const whole = { ...summarize(freshJob()), last_message: 'half way', errors_by_type: { a: 1, other: 2 } };
  expect(JSON.stringify(listed(whole))).toBe(JSON.stringify(whole));
});

it('of a long text the beginning and the end are shown: a cause stands at the end', () => {
  const { error_message } = listed({
    ...summarize(freshJob()),
    error_message: `begin${'x'.repeat(3_000)}cause`,
  });
  expect(error_message).toMatch(/^begin.*….*cause$/);
  expect(Array.from(error_message ?? '')).toHaveLength(500);
});
