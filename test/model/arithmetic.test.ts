/** The model's own arithmetic, on examples worked by hand: a model that is wrong would prove nothing. */
import { describe, expect, it } from 'vitest';
import { type Job, newJob } from './job.ts';
import { cut, mergePatch, same } from './json.ts';
import { Model } from './model.ts';
import { AT_REST, estimate, paceAfter, percent } from './numbers.ts';
import { type Report, takeReport } from './report.ts';
import { dues } from './time.ts';

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

describe('numbers', () => {
  it.each([
    [0n, 0n, 0],
    [5n, 0n, 0],
    [1n, 3n, 33.33],
    [2n, 3n, 66.66],
    [29n, 100n, 29],
    [19_999n, 20_000n, 99.99],
    [4n, 3n, 100],
    [MAX - 1n, MAX, 99.99],
    [2n * MAX, MAX, 100],
  ])('%i of %i is %d percent', (part, whole, expected) => expect(percent(part, whole)).toBe(expected));

  it('smooths the rate by e^(−dt/60)', () => {
    const started = paceAfter(AT_REST, 10, 0, 5_000);
    expect(started).toEqual({ since: 5_000, carried: 0, rate: 2, moves: 1 });
    const inNoTime = paceAfter(started, 30, 0, 5_000);
    expect(inNoTime).toEqual({ since: 5_000, carried: 30, rate: 2, moves: 2 });
    const fallen = paceAfter(inNoTime, -7, 0, 65_000);
    expect(fallen.rate).toBeCloseTo(2 / Math.E + 0.5 * (1 - 1 / Math.E), 12);
    expect(paceAfter(AT_REST, 10, null, 5_000)).toEqual({ since: 5_000, carried: 0, rate: null, moves: 1 });
  });

  it('rounds an estimate up to the millisecond', () => {
    expect(estimate(1_000, 10n, 3)).toBe(1_000 + 3_334);
    expect(estimate(1_000, 0n, 3)).toBe(1_000);
    expect(estimate(1_000, 10n, 0)).toBeNull();
  });
});

describe('JSON', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j is %j', (target, patch, expected) =>
    expect(mergePatch(target, patch)).toEqual(expected),
  );

  it('cuts by code points and compares without order', () => {
    expect(cut('🚚'.repeat(4000))).toBe('🚚'.repeat(4000));
    expect(cut('🚚'.repeat(4001))).toBe(`${'🚚'.repeat(1000)}…${'🚚'.repeat(2999)}`);
    expect(same({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
    expect(same({ a: 1 }, { a: 1, b: null })).toBe(false);
  });
});

describe('a report', () => {
  const job = (...reports: Report[]): Job => {
    const made = newJob('org', { job_type: 'import', total_items: 10 }, 0);
    for (const report of reports) takeReport(made, report, 1_000);
    return made;
  };
  const error = { entity_type: 'row', entity_key: '1', error_type: 'odd', message: 'm' };

  it('that changes nothing is no change, yet a hidden counter is kept for the next', () => {
    const once = job({ error });
    expect(takeReport(once, { failed_delta: 1 }, 2_000)).toMatchObject({ applied: true, revision: 2 });
    expect(once).toMatchObject({ revision: 2, lastReportAt: 1_000, reported: { failed: 1 } });
    expect(takeReport(once, { failed_delta: 1 }, 2_000)).toMatchObject({ revision: 3 });
  });

  it('keeps the highest percentage until the total changes', () => {
    expect(job({ processed_items: 8 }, { processed_items: 5 }).peak).toBe(80);
    expect(job({ processed_items: 8 }, { processed_items: 5, total_items: 20 }).peak).toBe(25);
  });

  it('is skipped, recorded or refused by its sequence and the end', () => {
    const ended = job({ reporter: 'w', sequence: 3, mark_failed: 'boom', stage: 's' });
    const reason = (report: Report) => {
      const verdict = takeReport(structuredClone(ended), report, 2_000);
      return 'status' in verdict ? verdict.code : verdict.reason;
    };
    expect(reason({ reporter: 'w', sequence: 3 })).toBe('duplicate');
    expect(reason({ reporter: 'w', sequence: 2 })).toBe('stale');
    expect(reason({ mark_failed: 'boom' })).toBe('already_ended');
    expect(reason({ mark_failed: 'other' })).toBe('job_terminal');
    expect(reason({ stage: 's', mark_failed: 'boom' })).toBe('job_terminal');
  });

  it('sets the watch that the dues are counted from', () => {
    const watched = newJob('org', { job_type: 'import', total_items: 1, heartbeat_timeout_seconds: 60 }, 0);
    expect(dues(watched)).toMatchObject([{ rule: 'abandoned' }]);
    takeReport(watched, {}, 1_000);
    expect(dues(watched).map(({ rule, at }) => [rule, at])).toEqual([
      ['late', 46_000],
      ['stalled', 76_000],
      ['heartbeat_lost', 196_000],
      ['abandoned', 30 * 86_400_000 + 16_000],
    ]);
  });
});

it('a refused batch leaves nothing behind', () => {
  const model = new Model('org', 'key', 0);
  model.answer({ op: 'create', given: { job_type: 'import', total_items: 1 }, raw: '' });
  const reports: Report[] = [{ processed_items: 1 }, { processed_delta: Number.MAX_SAFE_INTEGER }];
  const outcome = model.answer({ op: 'batch', job: 0, reports, raw: '', key: 'k' });
  expect(outcome).toMatchObject({ status: 422, code: 'validation_failed', path: 'reports.1' });
  expect(model.at(0)).toMatchObject({ revision: 1, reported: { processed: 0 }, sign: 0, watchedSince: null });
  expect(model.at(0).keys.size).toBe(0);
});
