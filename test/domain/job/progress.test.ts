import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../../src/domain/job/command';
import type { Job } from '../../../src/domain/job/job';
import { summarize } from '../../../src/domain/job/summary';
import { transition } from '../../../src/domain/job/transition';
import { freshJob, NEVER_SEEN, NOW } from '../../support/arbitraries';

/** Plays `[seconds since creation, report]` pairs and shows the job after them. */
function jobAfter(fields: Record<string, unknown>, ...reports: [number, Record<string, unknown>][]) {
  const job = reports.reduce((before: Job, [seconds, input]) => {
    const command = {
      verb: 'report' as const,
      report: reportSchema.parse(input),
      digest: JSON.stringify(input),
    };
    return transition(before, command, NOW + seconds * 1_000, NEVER_SEEN).job;
  }, freshJob(fields));
  return summarize(job);
}

const MAX = Number.MAX_SAFE_INTEGER;

describe('progress', () => {
  it.each([
    ['nothing done', {}, 0],
    ['a third, rounded down', { total_items: 3, processed_items: 1 }, 33.33],
    ['failed items count as done', { total_items: 8, processed_items: 1, failed_items: 1 }, 25],
    ['all but one of very many', { total_items: MAX, processed_items: MAX - 1 }, 99.99],
    ['more than all', { total_items: 10, processed_items: 25 }, 100],
    ['no total', { total_items: 0, processed_items: 5 }, 0],
    ['no total, completed', { total_items: 0, mark_completed: true }, 100],
    ['failed at a third', { total_items: 3, processed_items: 1, mark_failed: 'no' }, 33.33],
    ['completed at a third', { total_items: 3, processed_items: 1, mark_completed: true }, 100],
  ])('%s', (_name, report, percent) => {
    expect(jobAfter({}, [1, report]).progress_percentage).toBe(percent);
  });

  it('stays where it was when a counter is set lower, and starts anew with another total', () => {
    expect(jobAfter({}, [1, { processed_items: 8 }], [2, { processed_items: 3 }]).progress_percentage).toBe(
      80,
    );
    const anew = jobAfter({}, [1, { processed_items: 8 }], [2, { processed_items: 3, total_items: 30 }]);
    expect(anew.progress_percentage).toBe(10);
  });

  it('counts distinct failed entities, once each, unless the counter is higher', () => {
    const error = (key: string) => ({
      error: { entity_key: key, entity_type: 'row', error_type: 't', message: 'm' },
    });
    const job = jobAfter({}, [1, error('a')], [2, error('b')]);
    expect([job.failed_items, job.errors_total]).toEqual([2, 2]);
    expect(jobAfter({}, [1, { ...error('a'), failed_items: 5 }]).failed_items).toBe(5);
    expect(
      jobAfter({}, [1, { error: { entity_key: 'x', error_type: 't', message: 'm' } }]).failed_items,
    ).toBe(0);
  });

  it('success rate is of what was attempted', () => {
    expect(jobAfter({}, [1, { processed_items: 2, failed_items: 1 }]).success_rate).toBe(66.66);
    expect(jobAfter({}).success_rate).toBe(0);
  });
});

describe('rate and ETA', () => {
  const start: [number, Record<string, unknown>] = [0, { mark_started: true }];

  it('the first sample counts from the start, later ones are smoothed over a minute', () => {
    const one = jobAfter({ total_items: 100 }, start, [10, { processed_items: 20 }]);
    expect(one.rate_per_second).toBe(2);
    const two = jobAfter(
      { total_items: 100 },
      start,
      [10, { processed_items: 20 }],
      [70, { processed_items: 80 }],
    );
    const weight = Math.exp(-1);
    expect(two.rate_per_second).toBeCloseTo(weight * 2 + (1 - weight) * 1, 12);
  });

  it.each([{ processed_items: 50 }, { mark_started: true, processed_items: 50 }])(
    'the report that starts the job only starts the clock, whatever it counts: %o',
    (first) => {
      expect(jobAfter({ total_items: 100 }, [10, first]).rate_per_second).toBeNull();
      const second = jobAfter({ total_items: 100 }, [10, first], [20, { processed_items: 60 }]);
      expect(second.rate_per_second).toBe(1);
      const atOnce = jobAfter(
        { total_items: 100 },
        [10, first],
        [10, { processed_items: 55 }],
        [20, { processed_items: 60 }],
      );
      expect(atOnce.rate_per_second).toBe(1);
    },
  );

  it('without a start the last words of a cancelled job only start the clock', () => {
    const cancelled = transition(
      freshJob(),
      { verb: 'cancel', reason: null, requested_by: 'k' },
      NOW,
      NEVER_SEEN,
    ).job;
    const said = (before: Job, seconds: number, processed_items: number) => {
      const report = reportSchema.parse({ processed_items });
      return transition(before, { verb: 'report', report, digest: '' }, NOW + seconds * 1_000, NEVER_SEEN)
        .job;
    };
    const first = said(cancelled, 10, 5);
    expect([first.started_at, first.rate]).toEqual([null, null]);
    expect(said(first, 20, 8).rate).toBe(0.3);
  });

  it('reports of one instant are one sample', () => {
    const job = jobAfter(
      { total_items: 100 },
      start,
      [10, { processed_items: 10 }],
      [10, { processed_items: 30 }],
      [20, { processed_items: 40 }],
    );
    const weight = Math.exp(-10 / 60);
    expect(job.rate_per_second).toBeCloseTo(weight * 1 + (1 - weight) * 3, 12);
  });

  it('an ETA needs three reports that moved, a total, a rate, and a worker that is heard', () => {
    const steady = [10, 20, 30].map((at): [number, Record<string, unknown>] => [at, { processed_items: at }]);
    expect(jobAfter({ total_items: 100 }, start, ...steady.slice(0, 2)).eta_at).toBeNull();
    expect(jobAfter({ total_items: 100 }, start, ...steady).eta_at).toBe(NOW + 30_000 + 70_000);
    expect(jobAfter({ total_items: 0 }, start, ...steady).eta_at).toBeNull();
    expect(jobAfter({ total_items: 100 }, ...steady).eta_at).toBe(NOW + 30_000 + 70_000);
    expect(
      jobAfter({ total_items: 100 }, start, ...steady, [31, { mark_completed: true }]).eta_at,
    ).toBeNull();
  });

  it('an ETA beyond the calendar is none', () => {
    const crawl = [1, 2, 3].map((at): [number, Record<string, unknown>] => [
      at * 100_000,
      { processed_items: at },
    ]);
    expect(jobAfter({ total_items: MAX }, start, ...crawl).eta_at).toBeNull();
  });
});
