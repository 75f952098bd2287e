import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSettled, isTerminal, STATUSES } from '../../../src/domain/job/job';
import { POLL_IDLE, POLL_LEAST, POLL_MOST, secondsToNextPoll } from '../../../src/domain/job/poll-pace';
import { summarize } from '../../../src/domain/job/summary';
import { transition } from '../../../src/domain/job/transition';
import { freshJob, history, jobIn, NEVER_SEEN, NOW } from '../../support/arbitraries';

const moment = fc.integer({ min: -10_000, max: 100_000_000 });
const running = { status: 'in_progress', created_at: NOW, last_report_at: NOW } as const;

describe('the pace of polls', () => {
  it('is a whole number of seconds within its bounds for whatever a job went through; none after its end', () => {
    fc.assert(
      fc.property(history, moment, (steps, later) => {
        let now = NOW;
        let job = freshJob();
        for (const { command, after } of steps) {
          now += after;
          job = transition(job, command, now, NEVER_SEEN).job;
        }
        const seconds = secondsToNextPoll(summarize(job), now + later);
        expect(seconds === null).toBe(isTerminal(job.status));
        if (seconds === null) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(POLL_LEAST);
        expect(seconds).toBeLessThanOrEqual(POLL_MOST);
      }),
    );
  });

  it('never slackens as the end comes nearer', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(10_000_000), (a, b) => {
        const [near, far] = [Math.min(a, b) + 1, Math.max(a, b) + 1];
        const at = (left: number) =>
          secondsToNextPoll({ ...running, rate_per_second: 1, eta_at: NOW + left }, NOW) ?? Number.NaN;
        expect(at(near)).toBeLessThanOrEqual(at(far));
      }),
    );
  });

  it('never quickens as the silence lasts, nor where nothing moves', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.constantFrom(null, 0, 0.5), (a, b, rate) => {
        const at = (silence: number, rate_per_second: number | null) =>
          secondsToNextPoll({ ...running, rate_per_second, eta_at: null }, NOW + silence) ?? Number.NaN;
        expect(at(Math.min(a, b), rate)).toBeLessThanOrEqual(at(Math.max(a, b), rate));
        expect(at(a, 0.5)).toBeLessThanOrEqual(at(a, rate));
      }),
    );
  });

  it.each([
    ['two seconds before the end', { rate_per_second: 5, eta_at: NOW + 2_000 }, 0, 1],
    ['two minutes before the end', { rate_per_second: 5, eta_at: NOW + 120_000 }, 0, 12],
    ['a day before the end', { rate_per_second: 5, eta_at: NOW + 86_400_000 }, 0, POLL_MOST],
    ['just past the time it should have ended at', { rate_per_second: 5, eta_at: NOW + 2_000 }, 3_000, 1],
    ['long past it', { rate_per_second: 5, eta_at: NOW + 2_000 }, 60_000, 15],
    ['nothing has moved yet', { rate_per_second: null, eta_at: null }, 0, POLL_IDLE],
    ['nothing moves for a minute', { rate_per_second: 0, eta_at: null }, 60_000, 15],
    ['it moves, without a total', { rate_per_second: 9, eta_at: null }, 500, 1],
  ])('%s', (_what, fields, later, seconds) => {
    expect(secondsToNextPoll({ ...running, ...fields }, NOW + later)).toBe(seconds);
  });
});

describe('a settled job', () => {
  it.each(STATUSES)('%s', (status) => {
    const ended = jobIn(status);
    expect(isSettled(ended, NOW)).toBe(isTerminal(status) && status !== 'cancelled');
    expect(isSettled(ended, NOW + 300_000)).toBe(isTerminal(status));
  });

  it('is a cancelled one as soon as it is acknowledged', () => {
    const job = jobIn('cancelled');
    const { cancellation } = job;
    if (cancellation === null) throw new Error('no cancellation');
    const acknowledged = { ...job, cancellation: { ...cancellation, acknowledged_at: NOW + 1 } };
    expect(isSettled(job, NOW + 1)).toBe(false);
    expect(isSettled(acknowledged, NOW + 1)).toBe(true);
  });
});
