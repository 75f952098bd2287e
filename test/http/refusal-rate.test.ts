import { expect, test } from 'vitest';
import { LINES_A_MINUTE, RefusalRate } from '../../src/http/refusal-rate';

const T0 = Date.UTC(2026, 0, 1);

function refuse(rate: RefusalRate, code: string, count: number): number {
  return Array.from({ length: count }, () => rate.admits(code)).filter(Boolean).length;
}

test('a code has sixty lines a minute, whatever the others have', () => {
  const rate = new RefusalRate();
  rate.ended(T0);
  expect(refuse(rate, 'unauthenticated', 500)).toBe(LINES_A_MINUTE);
  expect(refuse(rate, 'job_not_found', 10)).toBe(10);
});

test('what had more is counted once, when its minute is over', () => {
  const rate = new RefusalRate();
  rate.ended(T0);
  refuse(rate, 'unauthenticated', 500);
  refuse(rate, 'job_not_found', LINES_A_MINUTE);
  expect(rate.ended(T0 + 59_999)).toEqual([]);
  expect(rate.ended(T0 + 60_000)).toEqual([{ code: 'unauthenticated', count: 500, since: T0 }]);
  expect(rate.ended(T0 + 60_001)).toEqual([]);
  expect(refuse(rate, 'unauthenticated', 500)).toBe(LINES_A_MINUTE);
});

test('a clock that was set back ends the minute', () => {
  const rate = new RefusalRate();
  rate.ended(T0);
  refuse(rate, 'overloaded', 100);
  expect(rate.ended(T0 - 1)).toEqual([{ code: 'overloaded', count: 100, since: T0 }]);
});
