import { expect, it } from 'vitest';
import { backoff, TRIES } from '../../../src/domain/base/backoff';

it('pauses grow twice as long each time, up to a bound, and spread over half of it', () => {
  const least = Array.from({ length: 7 }, (_, index) => backoff(index + 1, 0));
  expect(least).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  for (let failures = 0; failures < 2_000; failures++) {
    const [first, last] = [backoff(failures, 0), backoff(failures, 0.999_999)];
    expect(last).toBeLessThanOrEqual(2 * first);
    expect(last).toBeGreaterThan(1.9 * first);
    expect(last).toBeLessThanOrEqual(10_000);
  }
});

it('an object that is away is given up within a minute', () => {
  const all = Array.from({ length: TRIES - 1 }, (_, index) => backoff(index + 1, 1));
  expect(all.reduce((sum, pause) => sum + pause)).toBeLessThan(60_000);
});
