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
import { rateFields, refuseRate } from '../../../src/domain/access/rate';
import { TokenBucket } from '../../../src/domain/access/token-bucket';
import type { Report } from '../../../src/domain/job/command';
import { countUnit, ReportRate } from '../../../src/domain/job/report-rate';
import type { Unit } from '../../../src/domain/job/unit';

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

describe('a bucket of tokens', () => {
  const rate = { perSecond: 10, burst: 5 };

  it('gives as many at once as it holds, then as they come back', () => {
    const bucket = new TokenBucket(0);
    const taken = (now: number) => bucket.take(1, rate, now);
    expect([0, 0, 0, 0, 0, 0].map(taken)).toEqual([true, true, true, true, true, false]);
    expect([99, 100, 100, 199, 201].map(taken)).toEqual([false, true, false, false, true]);
    expect(bucket.left(rate, 10_000)).toBe(5);
  });

  it('never gives more over a time than its burst and its rate in it', () => {
    const bucket = new TokenBucket(0);
    let taken = 0;
    for (let now = 0; now <= 60_000; now += 7) if (bucket.take(1, rate, now)) taken += 1;
    expect(taken).toBeLessThanOrEqual(rate.burst + 600);
    expect(taken).toBeGreaterThanOrEqual(600);
  });

  it('gives what is more than it holds once it is full, and says when that is', () => {
    const bucket = new TokenBucket(0);
    expect(bucket.take(11, rate, 0)).toBe(true);
    expect(bucket.left(rate, 0)).toBe(-6);
    expect(bucket.wait(11, rate, 0)).toBe(2);
    expect(bucket.take(11, rate, 1_000)).toBe(false);
    expect(bucket.take(11, rate, 1_100)).toBe(true);
  });

  it('owes what was taken without asking, no more than it holds, and a clock that goes back fills nothing', () => {
    const bucket = new TokenBucket(1_000);
    for (let n = 0; n < 100; n++) bucket.owe(1, rate, 1_000);
    expect(bucket.left(rate, 1_000)).toBe(-5);
    expect(bucket.left(rate, 0)).toBe(-5);
    expect(bucket.left(rate, 500)).toBe(0);
  });

  it('is of another size from the moment on that its rate is another', () => {
    const bucket = new TokenBucket(0);
    expect(bucket.left(rate, 0)).toBe(5);
    expect(bucket.left({ perSecond: 1, burst: 2 }, 0)).toBe(2);
    expect(bucket.left({ perSecond: 1_000, burst: 500 }, 100)).toBe(102);
  });

  it('is told of in the fields of the draft', () => {
    const { code, rate: state } = refuseRate(
      { name: 'creates', quota: 600, window: 60, left: 12, reset: 30 },
      'Too many.',
    );
    expect(code).toBe('rate_limited');
    expect(state && rateFields(state)).toEqual({
      'Retry-After': '30',
      'RateLimit-Policy': '"creates";q=600;w=60',
      RateLimit: '"creates";r=12;t=30',
    });
  });
});

describe('the reports of a job', () => {
  const limits = { reports_per_second: 10, reports_burst: 5, job_bytes: 1 };
  const unit = (...reports: Report[]): Unit => ({
    commands: reports.map((report) => ({ verb: 'report', report, digest: '' })),
    batch: reports.length !== 1,
  });
  const logs = (count: number) =>
    Array.from({ length: count }, () => ({ level: 'info' as const, message: 'm' }));
  const error = { entity_type: 'job', entity_key: 'k', error_type: 't', message: 'm' };

  it.each([
    [unit({ processed_items: 1 }), 1],
    [unit(...Array.from({ length: 1_000 }, (): Report => ({ processed_delta: 1 }))), 1],
    [unit({ logs: logs(99) }), 1],
    [unit({ logs: logs(99), message: 'm' }), 2],
    [unit({ logs: logs(98) }, { error }, { warning: error }), 2],
    [unit({ logs: logs(1_000), errors: Array.from({ length: 1_000 }, () => error) }), 21],
    [{ commands: [{ verb: 'heartbeat' as const }], batch: false }, 1],
  ])('%# count one, and one more for each hundred entries', (counted, weight) => {
    expect(countUnit(counted)).toBe(weight);
  });

  it('are refused beyond their rate, but not an end, nor what cancels', () => {
    const rate = new ReportRate(0);
    const send = (sent: Unit, now: number) => rate.admit(sent, limits, now)?.rate ?? null;
    const plain = unit({ processed_items: 1 });
    for (let n = 0; n < 5; n++) expect(send(plain, 0)).toBeNull();
    expect(send(plain, 0)).toEqual({ name: 'reports', quota: 10, window: 1, left: 0, reset: 1 });
    expect(send(unit({ mark_completed: true }), 0)).toBeNull();
    expect(send(unit({ processed_items: 2 }, { mark_failed: 'why' }), 0)).toBeNull();
    const cancel = { verb: 'cancel' as const, reason: null, requested_by: 'k' };
    expect(send({ commands: [cancel], batch: false }, 0)).toBeNull();
    // What was not refused was counted all the same.
    expect(send(plain, 300)).not.toBeNull();
    expect(send(plain, 400)).toBeNull();
  });
});
