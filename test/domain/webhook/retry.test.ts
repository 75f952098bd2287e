import { expect, it } from 'vitest';
import { nextAttempt, readRetryAfter, SCHEDULE } from '../../../src/domain/webhook/retry';

const NOW = Date.UTC(2026, 10, 22);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

it('ten attempts in 75 hours', () => {
  const delays = SCHEDULE.map((_, tries) => (nextAttempt(SCHEDULE, tries, NOW, 0.5, null) ?? 0) - NOW);
  expect(delays).toEqual([
    ...[0, 5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  ]);
  expect(nextAttempt(SCHEDULE, 10, NOW, 0.5, null)).toBeNull();
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  expect(Math.floor(total / HOUR)).toBe(75);
});

it('a fifth earlier or later', () => {
  expect(nextAttempt(SCHEDULE, 2, 0, 0, null)).toBe(4 * MINUTE);
  expect(nextAttempt(SCHEDULE, 2, 0, 1 - 1e-9, null)).toBe(6 * MINUTE);
});

it('never sooner than the receiver asks for, a day at most; asking does not add an attempt', () => {
  expect(nextAttempt(SCHEDULE, 1, 0, 0.5, 60_000)).toBe(60_000);
  expect(nextAttempt(SCHEDULE, 2, 0, 0.5, 60_000)).toBe(5 * MINUTE);
  expect(nextAttempt(SCHEDULE, 1, 0, 0.5, 30 * 24 * HOUR)).toBe(24 * HOUR);
  expect(nextAttempt(SCHEDULE, 10, 0, 0.5, 60_000)).toBeNull();
});

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Sun, 22 Nov 2026 00:01:00 GMT', 60_000],
  ['Sun, 22 Nov 2026 00:00:00 GMT', 0],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['1.5', null],
  ['1, 2', null],
  ['', null],
  [null, null],
])('Retry-After: %j is %j', (header, ms) => {
  expect(readRetryAfter(header, NOW)).toBe(ms);
});
