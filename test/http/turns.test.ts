import { afterEach, expect, it, vi } from 'vitest';
import { type EndTurn, Turns } from '../../src/http/turns';

afterEach(() => {
  vi.useRealTimers();
});

/** `count` that want a turn: who has it, and how each ends. */
async function queue(turns: Turns, count: number) {
  const has: number[] = [];
  const ends: EndTurn[] = [];
  for (let n = 0; n < count; n++) void turns.take((end) => ends.push(end)).then(() => has.push(n));
  await settle();
  return { has, ends };
}

const settle = async () => {
  for (let n = 0; n < 10; n++) await Promise.resolve();
};

it('so many have their turn at a time, the next when one has ended, in the order they came', async () => {
  const { has, ends } = await queue(new Turns(2), 5);
  expect(has).toEqual([0, 1]);
  ends[1]?.();
  ends[1]?.();
  await settle();
  expect(has).toEqual([0, 1, 2]);
  // One that has left while it waited is passed over.
  ends[3]?.();
  ends[0]?.();
  await settle();
  expect(has).toEqual([0, 1, 2, 4]);
});

it('whoever waits for too long goes all the same', async () => {
  const { has } = await queue(new Turns(1), 2);
  expect(has).toEqual([0]);
  await vi.waitFor(() => expect(has).toEqual([0, 1]), { timeout: 5_000 });
});

it('a turn that nobody ends counts no longer than its lease', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const turns = new Turns(1);
  expect((await queue(turns, 1)).has).toEqual([0]);
  vi.advanceTimersByTime(2_500);
  expect((await queue(turns, 1)).has).toEqual([0]);
});
