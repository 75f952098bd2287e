import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/domain/base/time';
import { type Command, reportSchema } from '../../../src/domain/job/command';
import { expire } from '../../../src/domain/job/health';
import { STATUSES, type Status } from '../../../src/domain/job/job';
import { MOVES, type Move, STATUS_TABLE } from '../../../src/domain/job/status-table';
import { transition } from '../../../src/domain/job/transition';
import { jobIn, NEVER_SEEN, NOW } from '../../support/arbitraries';

/** What behaviour §1–§3 say of every status × move, written out by hand: the status after, or the refusal. */
const EXPECTED: Record<Status, Record<Exclude<Move, 'rerun' | 'delete'>, Status | 'job_terminal'>> = {
  pending: {
    progress: 'pending',
    work: 'in_progress',
    start: 'in_progress',
    complete: 'completed',
    fail: 'failed',
    heartbeat: 'pending',
    cancel: 'cancelled',
    expire: 'failed',
  },
  in_progress: {
    progress: 'in_progress',
    work: 'in_progress',
    start: 'in_progress',
    complete: 'completed',
    fail: 'failed',
    heartbeat: 'in_progress',
    cancel: 'cancelled',
    expire: 'failed',
  },
  completed: ended('completed'),
  completed_with_warnings: ended('completed_with_warnings'),
  partial_success: ended('partial_success'),
  failed: ended('failed'),
  cancelled: {
    progress: 'cancelled',
    work: 'cancelled',
    start: 'cancelled',
    complete: 'cancelled',
    fail: 'cancelled',
    heartbeat: 'cancelled',
    cancel: 'cancelled',
    expire: 'cancelled',
  },
};

function ended(status: Status) {
  const terminal = 'job_terminal' as const;
  return {
    ...{ progress: terminal, work: terminal, start: terminal, complete: terminal, fail: terminal },
    ...{ heartbeat: terminal, cancel: terminal, expire: status },
  };
}

const REPORTS = {
  progress: { message: 'soon' },
  work: { processed_items: 7 },
  start: { mark_started: true },
  complete: { mark_completed: true, processed_items: 7 },
  fail: { mark_failed: 'another reason', processed_items: 7 },
};

function commandFor(move: Exclude<Move, 'rerun' | 'delete' | 'expire'>): Command {
  if (move === 'heartbeat') return { verb: 'heartbeat' };
  if (move === 'cancel') return { verb: 'cancel', reason: null, requested_by: 'another' };
  return { verb: 'report', report: reportSchema.parse(REPORTS[move]), digest: `a digest of ${move}` };
}

describe('status × move', () => {
  for (const status of STATUSES) {
    for (const move of MOVES) {
      if (move === 'rerun' || move === 'delete') {
        const open = status === 'pending' || status === 'in_progress';
        it(`${status} × ${move}`, () => {
          expect(STATUS_TABLE[status][move]).toBe(open ? 'job_not_terminal' : 'apply');
        });
        continue;
      }
      it(`${status} × ${move}: ${EXPECTED[status][move]}`, () => {
        const job = jobIn(status);
        if (move === 'expire') {
          const change = expire(job, NEVER_SEEN, NOW + 40 * DAY);
          expect((change?.job ?? job).status).toBe(EXPECTED[status].expire);
          return;
        }
        const step = transition(job, commandFor(move), NOW + 1, NEVER_SEEN);
        const seen = step.outcome === 'rejected' ? step.rejection.code : step.job.status;
        expect(seen).toBe(EXPECTED[status][move]);
        if (step.outcome === 'rejected') expect(step.job).toBe(job);
      });
    }
  }

  it('a cancelled job takes the last words of its worker for five minutes, and its first mark closes that', () => {
    const job = jobIn('cancelled');
    const refused = { outcome: 'rejected', rejection: { code: 'job_terminal' } };
    const said = transition(job, commandFor('complete'), NOW + 299_999, NEVER_SEEN);
    expect(said.job.cancellation).toMatchObject({
      acknowledged_at: NOW + 299_999,
      acknowledged_with: 'completed',
    });
    expect(said.job.processed_items).toBe(7);
    for (const move of ['progress', 'work', 'heartbeat'] as const) {
      expect(transition(job, commandFor(move), NOW + 300_000, NEVER_SEEN)).toMatchObject(refused);
      expect(transition(said.job, commandFor(move), NOW + 299_999, NEVER_SEEN)).toMatchObject(refused);
    }
  });

  it('a failure after a cancellation acknowledges it and keeps its text as an error', () => {
    const step = transition(jobIn('cancelled'), commandFor('fail'), NOW + 1, NEVER_SEEN);
    expect(step.job).toMatchObject({ status: 'cancelled', error_message: null, errors_total: 1 });
    expect(step.job.cancellation).toMatchObject({ acknowledged_at: NOW + 1, acknowledged_with: 'failed' });
    const { job_id } = step.job;
    expect(step.entries).toMatchObject([
      {
        kind: 'error',
        body: { entity_type: 'job', entity_key: job_id, error_type: 'job_failed', message: 'another reason' },
      },
      { kind: 'event', body: { type: 'job.cancel_acknowledged' } },
    ]);
  });
});
