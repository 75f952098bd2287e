import { describe, expect, it } from 'vitest';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { wordingOf } from '../../src/pictures/wording';
import { freshJob } from '../support/arbitraries';

const BASE = summarize(freshJob({ total_items: 200 }));
const say = (fields: Partial<Summary>, overdue = false) => wordingOf({ ...BASE, ...fields }, overdue);
const at = (text: string) => Date.parse(text);

describe('the words of a picture', () => {
  it.each([
    ['2026-11-22T14:31:00.000Z', '2026-11-22T13:00:00Z', 'ETA 14:31 UTC'],
    ['2026-11-22T14:31:00.001Z', '2026-11-22T13:00:00Z', 'ETA 14:32 UTC'],
    ['2026-11-22T23:59:30Z', '2026-11-22T13:00:00Z', 'ETA 23 Nov 00:00 UTC'],
    ['2026-12-03T04:05:00Z', '2026-11-22T13:00:00Z', 'ETA 3 Dec 04:05 UTC'],
    ['2027-01-01T00:00:00Z', '2026-12-31T23:00:00Z', 'ETA 1 Jan 2027 00:00 UTC'],
    ['9999-12-31T23:59:59.999Z', '2026-12-31T23:00:00Z', expect.stringContaining('UTC')],
  ])('ETA %s, told at %s, is %j', (eta, since, words) => {
    const fields = { status: 'in_progress', eta_at: at(eta), last_report_at: at(since) } as const;
    expect(say(fields).time).toEqual(words);
    expect(say(fields, true).time).toBe('overdue');
  });

  it.each([
    [0, 'in under 1 s'],
    [0.4, 'in under 1 s'],
    [1, 'in 1 s'],
    [59.6, 'in 1 min'],
    [200, 'in 3 min 20 s'],
    [3_600, 'in 1 h'],
    [7_265, 'in 2 h 1 min'],
    [90_000, 'in 1 d 1 h'],
    [31_536_000, 'in 365 d'],
  ])('%d seconds are %j', (duration_seconds, words) => {
    expect(say({ status: 'completed', duration_seconds }).time).toBe(words);
  });

  it('names the status, and the lost worker; a percentage where there is something to count', () => {
    expect(say({})).toEqual({ status: 'pending', percent: null, time: null });
    expect(say({ status: 'in_progress' }).percent).toBe('0%');
    expect(say({ status: 'in_progress', progress_percentage: 99.99 }).percent).toBe('99%');
    expect(say({ status: 'in_progress', total_items: 0 }).percent).toBeNull();
    expect(say({ status: 'completed', total_items: 0, progress_percentage: 100 }).percent).toBe('100%');
    expect(say({ status: 'in_progress', health: 'stalled' }).status).toBe('stalled');
    expect(say({ status: 'failed', health: 'stalled' }).status).toBe('failed');
    expect(say({ status: 'completed_with_warnings' }).status).toBe('completed with warnings');
  });
});
