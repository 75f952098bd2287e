/** What a job says though the clock was ahead and is set back: no time runs backwards, and nothing waits until then. */
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/domain/base/time';
import { type Command, reportSchema } from '../../../src/domain/job/command';
import { expire } from '../../../src/domain/job/health';
import { isSettled, type Job } from '../../../src/domain/job/job';
import { newJob, seedOfRerun } from '../../../src/domain/job/new-job';
import { percentile, secondsOf, usualOf } from '../../../src/domain/job/samples';
import { summarize } from '../../../src/domain/job/summary';
import { transition } from '../../../src/domain/job/transition';
import { freshJob, NEVER_SEEN, NOW } from '../../support/arbitraries';

const AHEAD = NOW + 30 * DAY;

function reported(job: Job, input: Record<string, unknown>, now: number): Job {
  const command = { verb: 'report', report: reportSchema.parse(input), digest: '' } as const;
  return transition(job, command satisfies Command, now, NEVER_SEEN).job;
}

describe('after the clock was set back', () => {
  it('a job that ended before it began took no time', () => {
    const started = reported(freshJob(), { mark_started: true }, AHEAD);
    expect(summarize(reported(started, { mark_completed: true }, NOW)).duration_seconds).toBe(0);
  });

  it('what an older build has counted of the like makes no duration of its type negative', () => {
    const samples = Array.from({ length: 10 }, (_, n) => {
      return { at: NOW, outcome: 'completed' as const, seconds: n < 9 ? -5 : 7 };
    });
    expect(percentile(secondsOf(samples), 0.5)).toBe(0);
    expect(usualOf(samples)).toEqual({ typical: 0, long: 7 });
  });

  it('a job’s rate goes on from there', () => {
    const started = reported(freshJob({ total_items: 1_000 }), { mark_started: true }, AHEAD);
    const ahead = reported(started, { processed_items: 20 }, AHEAD + 10_000);
    expect(ahead.rate).toBe(2);
    const back = reported(ahead, { processed_items: 30 }, NOW);
    expect(back.rate).toBe(2);
    const on = reported(back, { processed_items: 90 }, NOW + 60_000);
    const weight = Math.exp(-1);
    expect(on.rate).toBeCloseTo(weight * 2 + (1 - weight) * 1, 12);
  });

  it('a worker that was heard of by the clock that was ahead is late once it is silent', () => {
    const ahead = reported(freshJob({ heartbeat_timeout_seconds: 40 }), { processed_items: 1 }, AHEAD);
    const heard = transition(ahead, { verb: 'heartbeat' }, NOW, NEVER_SEEN).job;
    expect(expire(heard, NEVER_SEEN, NOW + 29_000)).toBeNull();
    expect(expire(heard, NEVER_SEEN, NOW + 30_000)?.job.health).toBe('late');
  });

  it('a job that was cancelled by the clock that was ahead takes its worker’s last words', () => {
    const cancel = { verb: 'cancel', reason: null, requested_by: 'k' } as const;
    const cancelled = transition(freshJob(), cancel, AHEAD, NEVER_SEEN).job;
    const settled = (ms: number) => isSettled(cancelled, AHEAD + ms);
    expect([settled(-30 * DAY), settled(0), settled(30 * DAY)]).toEqual([false, false, true]);
  });

  it('a rerun is newer than what it does again', () => {
    const original = { ...freshJob(), created_at: AHEAD };
    const rerun = (now: number) => newJob('a rerun', 'acme', seedOfRerun(original, {}), now).job.created_at;
    expect([rerun(NOW), rerun(AHEAD), rerun(AHEAD + 7)]).toEqual([AHEAD + 1, AHEAD, AHEAD + 7]);
    // An older build says nothing of its original.
    const { lineage, ...seed } = seedOfRerun(original, {});
    const { after: _, ...older } = lineage ?? { rerun_of: '', root_job_id: '', rerun_number: 1 };
    expect(newJob('a rerun', 'acme', { ...seed, lineage: older }, NOW).job.created_at).toBe(NOW);
  });
});
