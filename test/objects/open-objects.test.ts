import { expect, test } from 'vitest';
import { NoRoomError, OpenObjects, open, roomFor } from '../../src/objects/kit/open-objects';

const T0 = Date.UTC(2026, 0, 1);

function touchMany(objects: OpenObjects, from: number, to: number, now: number): void {
  for (let n = from; n < to; n++) objects.touch(`JOB/acme/${n}`, now);
}

test('objects are made until those touched in 15 seconds hold half of the files that are not the process’s own', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 153, T0);
  expect(objects.room(1_024, 'made', T0)).toBe(1);
  touchMany(objects, 153, 156, T0);
  expect(objects.room(1_024, 'made', T0)).toBe(0);
});

test('one that sleeps is opened until they hold three quarters, one of the few of an organization until seven eighths', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 200, T0);
  expect(objects.room(1_300, 'made', T0)).toBe(0);
  expect(objects.room(1_300, 'asleep', T0)).toBe(100);
  expect(objects.room(1_300, 'central', T0)).toBe(150);
});

test('an object that is touched again counts once, from then on', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 100, T0);
  touchMany(objects, 0, 100, T0 + 10_000);
  expect(objects.room(706, 'made', T0 + 10_000)).toBe(1);
  expect(objects.has('JOB/acme/0', T0 + 24_999)).toBe(true);
  expect(objects.has('JOB/acme/0', T0 + 25_000)).toBe(false);
  expect(objects.room(706, 'made', T0 + 25_000)).toBe(101);
});

test('room comes back as objects are left alone, the longest untouched first', () => {
  const objects = new OpenObjects();
  touchMany(objects, 0, 50, T0);
  touchMany(objects, 50, 100, T0 + 5_000);
  expect(objects.room(700, 'made', T0 + 14_999)).toBe(0);
  expect(objects.room(700, 'made', T0 + 15_000)).toBe(50);
  expect(objects.room(700, 'made', T0 + 20_000)).toBe(100);
});

test('where files are not counted there is room without end, and nothing is refused', () => {
  expect(roomFor({}, T0)).toBe(Number.POSITIVE_INFINITY);
  open({}, 'JOB', 'acme/1', 'asleep');
});

test('an object that is open is touched whatever the room, another is refused as the runtime refuses one that is overloaded', () => {
  const env = { OPEN_FILES: '104' };
  open(env, 'JOB', 'acme/1', 'asleep');
  open(env, 'JOB', 'acme/1', 'asleep');
  expect(roomFor(env, Date.now())).toBe(0);
  expect(() => open(env, 'JOB', 'acme/2', 'asleep')).toThrow(
    expect.objectContaining({ name: 'NoRoomError', overloaded: true }),
  );
  open(env, 'ORG', 'acme', 'central');
  expect(() => open(env, 'ORG', 'globex', 'central')).toThrow(NoRoomError);
});
