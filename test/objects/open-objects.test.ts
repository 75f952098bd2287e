import { expect, test } from 'vitest';
import { hasRoom, OpenObjects } from '../../src/objects/kit/open-objects';

const T0 = Date.UTC(2026, 0, 1);

function touchMany(objects: OpenObjects, from: number, to: number, now: number): void {
  for (let n = from; n < to; n++) objects.touch(`JOB/acme/${n}`, now);
}

test('there is room until the objects touched in 15 seconds hold half of the files', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 170, T0);
  expect(objects.hasRoom(1_024, T0)).toBe(true);
  touchMany(objects, 170, 171, T0);
  expect(objects.hasRoom(1_024, T0)).toBe(false);
});

test('an object that is touched again counts once, from then on', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 100, T0);
  touchMany(objects, 0, 100, T0 + 10_000);
  expect(objects.hasRoom(601, T0 + 10_000)).toBe(true);
  expect(objects.hasRoom(600, T0 + 24_999)).toBe(false);
  expect(objects.hasRoom(600, T0 + 25_000)).toBe(true);
});

test('room comes back as objects are left alone, the longest untouched first', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 50, T0);
  touchMany(objects, 50, 100, T0 + 5_000);
  expect(objects.hasRoom(600, T0 + 14_999)).toBe(false);
  expect(objects.hasRoom(600, T0 + 15_000)).toBe(true);
  expect(objects.hasRoom(300, T0 + 15_000)).toBe(false);
  expect(objects.hasRoom(6, T0 + 20_000)).toBe(true);
});

test('where files are not counted there is always room', () => {
  expect(hasRoom({}, T0)).toBe(true);
});
