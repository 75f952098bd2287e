import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, reportSchema } from '../../../src/domain/job/command';
import { isTerminal, type Job } from '../../../src/domain/job/job';
import { summarize } from '../../../src/domain/job/summary';
import { type Transition, transition } from '../../../src/domain/job/transition';
import { freshJob, history, NEVER_SEEN, NOW, type Step } from '../../support/arbitraries';

/** Plays a history and hands each step to `check`. */
function play(
  steps: Step[],
  check: (before: Job, step: Transition, command: Command, now: number) => void,
): void {
  let job = freshJob();
  let now = NOW;
  for (const { command, after } of steps) {
    now += after;
    const step = transition(job, command, now, NEVER_SEEN);
    check(job, step, command, now);
    job = step.job;
  }
}

const NOTHING_SAID: Command = { verb: 'report', report: reportSchema.parse({}), digest: '' };

function holds(check: Parameters<typeof play>[1]): void {
  fc.assert(
    fc.property(history, (steps) => play(steps, check)),
    { numRuns: 500 },
  );
}

describe('whatever is reported', () => {
  it('a terminal status absorbs', () => {
    holds((before, step) => {
      if (isTerminal(before.status)) expect(step.job.status).toBe(before.status);
    });
  });

  it('a pending job has had no work done', () => {
    holds((_before, { job }) => {
      if (job.status !== 'pending') return;
      const { processed_items, failed_items, warned_items, started_at } = summarize(job);
      expect({ processed_items, failed_items, warned_items, started_at, stage: job.stage }).toEqual({
        ...{ processed_items: 0, failed_items: 0, warned_items: 0, started_at: null, stage: null },
      });
      expect([job.errors_total, job.warnings_total]).toEqual([0, 0]);
    });
  });

  it('a heartbeat is refused where a report is, and changes what people see only on an open job', () => {
    holds((before, _step, _command, now) => {
      const beat = transition(before, { verb: 'heartbeat' }, now, NEVER_SEEN);
      const said = transition(before, NOTHING_SAID, now, NEVER_SEEN);
      expect(beat.outcome).toBe(said.outcome);
      if (isTerminal(before.status)) expect(beat.job).toBe(before);
    });
  });

  it('a refusal changes nothing but the sign of life', () => {
    holds((before, step) => {
      if (step.outcome === 'accepted') return;
      expect({ ...step.job, seen_at: null }).toEqual({ ...before, seen_at: null });
      expect(step.entries).toEqual([]);
    });
  });

  it('the revision rises by one for each change a reader sees, and only then', () => {
    holds((before, step) => {
      const seen = (job: Job) => ({
        ...summarize(job),
        revision: 0,
        last_report_at: 0,
        eta_at: 0,
        metadata: job.metadata,
        result: job.result,
      });
      const changed =
        step.entries.length > 0 || JSON.stringify(seen(before)) !== JSON.stringify(seen(step.job));
      expect(step.job.revision).toBe(before.revision + (changed ? 1 : 0));
      for (const [k, entry] of step.entries.entries()) {
        expect([entry.revision, entry.k]).toEqual([step.job.revision, k]);
      }
    });
  });

  it('percentages stay within bounds, and progress never falls while the total stands', () => {
    holds((before, step) => {
      const [was, is] = [summarize(before), summarize(step.job)];
      for (const value of [is.progress_percentage, is.success_rate]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(100);
      }
      if (was.total_items === is.total_items) {
        expect(is.progress_percentage).toBeGreaterThanOrEqual(was.progress_percentage);
      }
    });
  });

  it('totals count every entry once', () => {
    holds((before, step) => {
      const added = (kind: string) => step.entries.filter((entry) => entry.kind === kind).length;
      expect(step.job.errors_total - before.errors_total).toBe(added('error'));
      expect(step.job.warnings_total - before.warnings_total).toBe(added('warning'));
      expect(step.job.events_total - before.events_total).toBe(added('event'));
      const byType = step.job.errors_by_type.reduce((sum, [, count]) => sum + count, 0);
      expect(byType).toBe(step.job.errors_total);
    });
  });

  it('saying the same again changes no counter, and no status', () => {
    holds((_before, step, command, now) => {
      if (command.verb !== 'report' || step.outcome === 'rejected') return;
      const again = transition(step.job, command, now, NEVER_SEEN);
      expect(again.job.processed_items).toBe(step.job.processed_items);
      expect(again.job.status).toBe(step.job.status);
    });
  });

  it('neither the job nor the command is touched', () => {
    holds((before, _step, command, now) => {
      const [job, said] = [JSON.stringify(before), JSON.stringify(command)];
      transition(before, command, now, NEVER_SEEN);
      expect([JSON.stringify(before), JSON.stringify(command)]).toEqual([job, said]);
    });
  });
});
