import { afterEach, expect, it, vi } from 'vitest';
import { Gathered } from '../../src/http/gathered';
import { HeldBodies } from '../../src/http/held-bodies';

afterEach(() => {
  vi.useRealTimers();
});

const KIB = 1_024;
/** Room for 256 KiB, 128 of one sender. */
const open = () => new HeldBodies(256 * KIB, 128 * KIB);

/** A body that has come so far. */
function comes(bodies: HeldBodies, sender: string, kib: number): Gathered {
  const body = new Gathered(1_024 * KIB, sender, bodies);
  body.add(new Uint8Array(kib * KIB));
  return body;
}

const dropped = (bodies: Gathered[]) => bodies.map(({ held }) => held.dropped);

it('a sender that passes its share gives up the oldest of its own', () => {
  const bodies = open();
  const own = [40, 40, 40, 40].map((kib) => comes(bodies, 'a', kib));
  expect(dropped(own)).toEqual([true, false, false, false]);
  expect(own[0]?.bytes.byteLength).toBe(0);
  expect(bodies.bytes).toBe(120 * KIB);
});

it('where all is full, whoever holds the most makes room for who holds little', () => {
  const bodies = open();
  const held = ['a', 'b'].map((sender) => [60, 60].map((kib) => comes(bodies, sender, kib)));
  const little = Array.from({ length: 10 }, () => comes(bodies, 'c', 4));
  expect(dropped(little)).toEqual(Array(10).fill(false));
  expect(held.map(dropped)).toEqual([
    [true, false],
    [false, false],
  ]);
  expect(bodies.bytes).toBeLessThanOrEqual(256 * KIB);
});

it('one that is all there gives way to none, and counts until it is let go', () => {
  const bodies = open();
  const whole = comes(bodies, 'a', 100);
  whole.held.end();
  const next = comes(bodies, 'a', 40);
  expect(dropped([whole, next])).toEqual([false, true]);
  expect(bodies.bytes).toBe(100 * KIB);
  whole.held.letGo();
  whole.held.letGo();
  expect(bodies.bytes).toBe(0);
  expect(dropped([comes(bodies, 'a', 40)])).toEqual([false]);
});

it('one that nobody lets go of counts for a minute', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const bodies = open();
  comes(bodies, 'a', 100).held.end();
  vi.advanceTimersByTime(59_000);
  expect(dropped([comes(bodies, 'a', 40)])).toEqual([true]);
  vi.advanceTimersByTime(1_000);
  expect(dropped([comes(bodies, 'a', 40)])).toEqual([false]);
  expect(bodies.bytes).toBe(40 * KIB);
});

it('a body counts by the room that it takes, and for 4 KiB at least', () => {
  const bodies = open();
  const body = new Gathered(1_024 * KIB, 'a', bodies);
  expect(bodies.bytes).toBe(4 * KIB);
  body.add(new Uint8Array(20 * KIB));
  body.add(new Uint8Array(1));
  expect(bodies.bytes).toBe(2 * (20 * KIB + 1));
  body.held.letGo();
  expect(bodies.bytes).toBe(0);
});

it('what comes of one that was dropped is not kept', () => {
  const bodies = open();
  const body = comes(bodies, 'a', 100);
  body.add(new Uint8Array(50 * KIB));
  body.add(new Uint8Array(50 * KIB));
  expect([body.held.dropped, body.bytes.byteLength, bodies.bytes]).toEqual([true, 0, 0]);
});
