import { beforeEach, expect, it } from 'vitest';
import { WAKE_GUARANTEE, WakeList } from '../../src/objects/org-index/wake-list';

/** A shard and its endpoints, so small that a test can hold a poke back. */
let list: WakeList;
let known: string[] | null;
let head: number;
let now: number;
let pokes: string[];
let answer: (webhookId: string) => Promise<void>;

beforeEach(() => {
  [known, head, now, pokes] = [['a', 'b'], 0, 1_000, []];
  answer = async () => undefined;
  list = new WakeList({
    subscribers: () => known,
    learn: async () => {
      known = ['a', 'b'];
    },
    poke: async (webhookId) => {
      pokes.push(webhookId);
      await answer(webhookId);
    },
    head: () => head,
    now: () => now,
  });
});

function append(): Promise<void> {
  head += 1;
  return list.appended();
}

it('pokes everyone after a restart, then those that sleep alone', async () => {
  await append();
  expect(pokes).toEqual(['a', 'b']);
  await append();
  expect(pokes).toEqual(['a', 'b']);
  list.heard('a', 2, true);
  list.heard('b', 1, false);
  await append();
  expect(pokes).toEqual(['a', 'b', 'a']);
});

it('learns who reads the shard before its first poke', async () => {
  known = null;
  expect(list.guarantee(now)).toBe(now + WAKE_GUARANTEE);
  await append();
  expect(pokes).toEqual(['a', 'b']);
});

it('has nothing to guarantee where nobody reads', async () => {
  known = [];
  expect(list.guarantee(now)).toBeNull();
  await append();
  expect(pokes).toEqual([]);
  expect(await list.look()).toBeNull();
});

it('an endpoint that fell asleep before the poke’s answer came is poked again for what came since', async () => {
  known = ['a'];
  const answers: (() => void)[] = [];
  answer = () => new Promise((resolve) => answers.push(resolve));
  const first = append();
  await Promise.resolve();
  list.heard('a', 1, true);
  const second = append();
  await Promise.resolve();
  expect(pokes).toEqual(['a']);
  answers.shift()?.();
  while (answers.length === 0) await Promise.resolve();
  expect(pokes).toEqual(['a', 'a']);
  answers.shift()?.();
  await Promise.all([first, second]);
  list.heard('a', 2, true);
  expect(await list.look()).toBeNull();
});

it('what an endpoint says itself is newer than the answer of a poke', async () => {
  known = ['a'];
  answer = async () => list.heard('a', 1, true);
  await append();
  answer = async () => undefined;
  await append();
  expect(pokes).toEqual(['a', 'a']);
});

it('a poke that fails leaves it asleep: the look repeats it', async () => {
  known = ['a'];
  answer = async () => {
    throw new Error('away');
  };
  await append();
  expect(await list.look()).toBe(now + WAKE_GUARANTEE);
  answer = async () => undefined;
  expect(await list.look()).toBe(now + 60_000);
  expect(pokes).toEqual(['a', 'a', 'a']);
  list.heard('a', 1, true);
  expect(await list.look()).toBeNull();
});

it('one that is awake and behind is poked again only when nothing was heard of it for long', async () => {
  known = ['a'];
  await append();
  now += 60_000;
  expect(await list.look()).toBe(now + 60_000);
  expect(pokes).toEqual(['a']);
  now += 60_000;
  await list.look();
  expect(pokes).toEqual(['a', 'a']);
});

it('one that has left is nobody’s business', async () => {
  await append();
  list.left('a');
  known = ['b'];
  list.heard('b', 1, true);
  await append();
  expect(pokes).toEqual(['a', 'b', 'b']);
});

it('one that was last heard of by a clock that was ahead is poked again', async () => {
  known = ['a'];
  now += 3_600_000;
  await append();
  now -= 3_600_000;
  await list.look();
  expect(pokes).toEqual(['a', 'a']);
  await list.look();
  expect(pokes).toEqual(['a', 'a']);
});
