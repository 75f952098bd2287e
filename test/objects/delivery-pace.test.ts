import { expect, it } from 'vitest';
import { DeliveryPace } from '../../src/objects/kit/delivery-pace';

const NOW = Date.UTC(2026, 10, 27);

it('the first delivery is made at once, the next 100 ms later', () => {
  const pace = new DeliveryPace();
  expect(pace.wait(NOW)).toBe(0);
  pace.delivered(NOW, NOW);
  expect([pace.wait(NOW), pace.wait(NOW + 60), pace.wait(NOW + 100), pace.wait(NOW + 900)]).toEqual([
    100, 40, 0, 0,
  ]);
});

it.each([
  [5, 100],
  [33, 100],
  [50, 150],
  [300, 900],
  [9_000, 2_000],
])('after one that took %d ms the next comes no sooner than %d ms after its beginning', (took, interval) => {
  const pace = new DeliveryPace();
  pace.delivered(NOW, NOW + took);
  expect(pace.wait(NOW)).toBe(interval);
});

it('a clock that went back an hour makes nobody wait longer than the interval', () => {
  const pace = new DeliveryPace();
  pace.delivered(NOW, NOW);
  expect(pace.wait(NOW - 3_600_000)).toBe(100);
  pace.delivered(NOW, NOW - 3_600_000);
  expect(pace.wait(NOW - 3_600_000)).toBe(100);
});
