import { describe, expect, it } from 'vitest';
import {
  changedLimits,
  LIMIT_NAMES,
  limitChangeSchema,
  limitsOf,
  limitsSchema,
  STANDARD_LIMITS,
  standardIn,
} from '../../../src/domain/access/limits';

describe('limits', () => {
  it('are the standard ones where nothing else is said, and each of those is one that may be set', () => {
    expect(limitsOf(null)).toEqual(STANDARD_LIMITS);
    expect(limitsOf(undefined)).toEqual(STANDARD_LIMITS);
    expect(limitChangeSchema.parse(STANDARD_LIMITS)).toEqual(STANDARD_LIMITS);
    expect(limitsSchema.parse(STANDARD_LIMITS)).toEqual(STANDARD_LIMITS);
    expect(Object.keys(STANDARD_LIMITS)).toEqual(LIMIT_NAMES);
  });

  it('change by name, stay where they are not named, and go back to the standard by null', () => {
    const first = changedLimits(null, { creates_per_minute: 60, jobs: 5 });
    const second = changedLimits(first, { jobs: null, hooks: 7, keys: undefined });
    expect(second).toEqual({ creates_per_minute: 60, hooks: 7 });
    expect(limitsOf(second)).toEqual({ ...STANDARD_LIMITS, creates_per_minute: 60, hooks: 7 });
    expect(changedLimits(second, { creates_per_minute: null, hooks: null })).toBeNull();
  });

  it('of what an older or newer build kept, only those that there are count', () => {
    expect(changedLimits({ jobs: 3, gone: 4 } as never, {})).toEqual({ jobs: 3 });
  });

  it.each([
    [{ jobs: 0 }],
    [{ jobs: -1 }],
    [{ jobs: 1.5 }],
    [{ jobs: '5' }],
    [{ jobs: 1e300 }],
    [{ job: 5 }],
    [{ __proto__: null, constructor: 5 }],
    [[]],
    [null],
  ])('can’t be changed by %j', (change) => {
    expect(limitChangeSchema.safeParse(change).success).toBe(false);
  });

  it('have a standard that the service’s own setting names', () => {
    expect(standardIn(undefined)).toBe(STANDARD_LIMITS);
    expect(standardIn('')).toBe(STANDARD_LIMITS);
    expect(standardIn('{"reports_per_second": 9, "jobs": null}')).toEqual({
      ...STANDARD_LIMITS,
      reports_per_second: 9,
    });
    expect(() => standardIn('{"reports": 9}')).toThrow(/^LIMITS:/);
    expect(() => standardIn('{"jobs": 0}')).toThrow(/^LIMITS: jobs/);
    expect(() => standardIn('[')).toThrow(/must be JSON/);
  });
});
