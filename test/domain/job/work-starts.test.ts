import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../../src/domain/job/command';
import type { Job } from '../../../src/domain/job/job';
import { transition } from '../../../src/domain/job/transition';
import { freshJob, jobIn, NEVER_SEEN, NOW } from '../../support/arbitraries';

const issue = { entity_key: 'k', error_type: 't', message: 'm' };
const WORK: Record<string, object> = {
  'a counter': { processed_items: 1 },
  'a failed item': { failed_items: 1 },
  'a warned item': { warned_items: 1 },
  'an added one': { processed_delta: 1 },
  'an added failure': { failed_delta: 1 },
  'an added warning': { warned_delta: 1 },
  'a stage': { stage: 'reading' },
  'a stage among the metadata': { metadata_patch: { stage: 'reading' } },
  'an error': { error: issue },
  'a warning': { warning: issue },
  'several errors': { errors: [issue] },
  'several warnings': { warnings: [issue] },
};
const NO_WORK: Record<string, object> = {
  nothing: {},
  'counters at 0': { processed_items: 0, failed_items: 0, warned_delta: 0 },
  'a message': { message: 'soon' },
  'a log': { logs: [{ level: 'info', message: 'soon' }] },
  metadata: { metadata_patch: { a: 1, last_message: 'soon' } },
  'a cleared stage': { metadata_patch: { stage: null } },
  'a result': { result: 3 },
  'a total': { total_items: 20 },
  'empty lists': { errors: [], warnings: [] },
};

function reported(job: Job, report: object) {
  const digest = JSON.stringify(report);
  return transition(
    job,
    { verb: 'report', report: reportSchema.parse(report), digest },
    NOW + 1_000,
    NEVER_SEEN,
  );
}

function events({ entries }: ReturnType<typeof reported>) {
  return entries.flatMap((entry) => (entry.kind === 'event' ? [entry.body.type] : []));
}

describe('work starts a job', () => {
  it.each(Object.entries(WORK))('%s starts it as mark_started does', (_name, report) => {
    const step = reported(freshJob(), report);
    expect(step.job).toMatchObject({ status: 'in_progress', started_at: NOW + 1_000, revision: 2 });
    expect(events(step)[0]).toBe('job.started');
    expect(step).toEqual(reported(freshJob(), { mark_started: true, ...report }));
  });

  it.each(Object.entries(NO_WORK))('%s leaves it pending', (_name, report) => {
    const step = reported(freshJob(), report);
    expect(step.job).toMatchObject({ status: 'pending', started_at: null });
    expect(events(step)).not.toContain('job.started');
  });

  it.each(Object.entries(WORK))('%s beside an end starts and ends it', (_name, report) => {
    for (const end of [{ mark_completed: true }, { mark_failed: 'no' }]) {
      const step = reported(freshJob(), { ...report, ...end });
      expect(step.job).toMatchObject({ started_at: NOW + 1_000, completed_at: NOW + 1_000, revision: 2 });
      const [first, last] = [events(step)[0], events(step).at(-1)];
      expect([first, last]).toEqual(['job.started', 'mark_failed' in end ? 'job.failed' : 'job.completed']);
    }
  });

  it.each(Object.entries(NO_WORK))('%s beside an end ends a job that never started', (_name, report) => {
    for (const end of [{ mark_completed: true }, { mark_failed: 'no' }]) {
      const { job } = reported(freshJob(), { ...report, ...end });
      expect(job).toMatchObject({ started_at: null, completed_at: NOW + 1_000 });
    }
  });

  it('what is refused starts nothing', () => {
    const report = { metadata_patch: { a: 'x'.repeat(70_000) }, stage: 'reading' };
    expect(reported(freshJob(), report)).toMatchObject({ outcome: 'rejected', job: { status: 'pending' } });
  });

  it('a job in progress is not started again, by work or by its mark', () => {
    const job = jobIn('in_progress');
    expect(reported(job, { mark_started: true }).job.revision).toBe(job.revision);
    expect(events(reported(job, { mark_started: true, processed_items: 3 }))).toEqual([]);
  });

  it('work after a cancellation starts nothing', () => {
    const pending = transition(
      freshJob(),
      { verb: 'cancel', reason: null, requested_by: 'k' },
      NOW,
      NEVER_SEEN,
    );
    expect(reported(pending.job, { processed_items: 3 }).job).toMatchObject({
      status: 'cancelled',
      started_at: null,
    });
  });
});
