import { describe, expect, it, vi } from 'vitest';
import { BUDGET, CommitQueue, WAITING_ASKS, WAITING_BYTES } from '../../src/objects/kit/commit-queue';

/** A queue over a disk that syncs when told to, and the groups it committed. */
function make(commit?: (asks: number[]) => number[]) {
  const groups: number[][] = [];
  const syncs: PromiseWithResolvers<void>[] = [];
  const queue = new CommitQueue<number, number>({
    commit(asks) {
      const answers = commit?.(asks) ?? asks.map((ask) => ask * 10);
      groups.push(asks);
      return answers;
    },
    sync() {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
  });
  return { queue, groups, syncs };
}

describe('shared commits', () => {
  it('what comes while a commit is on its way shares the next, each with its own answer', async () => {
    const { queue, groups, syncs } = make();
    const first = queue.run(1);
    const later = [2, 3, 4].map((ask) => queue.run(ask));
    expect(await first).toBe(10);
    syncs[0]?.resolve();
    expect(await Promise.all(later)).toEqual([20, 30, 40]);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  it('what came together shares a commit, in order, and is told within the turn of it', () => {
    const { queue, groups } = make();
    const told: unknown[] = [];
    const member = (ask: number) => ({
      ask,
      resolve: (answer: number) => told.push(answer),
      reject: (cause: unknown) => told.push(cause),
    });
    queue.add([]);
    queue.add([1, 2, 3].map(member));
    expect([groups, told]).toEqual([[[1, 2, 3]], [10, 20, 30]]);
  });

  it('a member that can’t be committed fails alone', async () => {
    const { queue, syncs } = make((asks) => {
      if (asks.includes(3)) throw new Error('a fault');
      return asks.map((ask) => ask * 10);
    });
    const first = queue.run(1);
    const later = [2, 3, 4].map((ask) => queue.run(ask));
    await first;
    syncs[0]?.resolve();
    expect(await Promise.allSettled(later)).toMatchObject([
      { status: 'fulfilled', value: 20 },
      { status: 'rejected', reason: { message: 'a fault' } },
      { status: 'fulfilled', value: 40 },
    ]);
  });

  it('an answer that throws changes nothing: its group is committed once, and the others are told', () => {
    const { queue, groups } = make();
    const told: unknown[] = [];
    const member = (ask: number) => ({
      ask,
      resolve: (answer: number) => {
        if (ask === 2) throw new Error('the answer');
        told.push(answer);
      },
      reject: (cause: unknown) => told.push(cause),
    });
    queue.add([1, 2, 3].map(member));
    expect([groups, told]).toEqual([[[1, 2, 3]], [10, 30]]);
  });

  it('a refusal that throws leaves the others their own', async () => {
    const { queue, syncs } = make((asks) => {
      if (asks.includes(2)) throw new Error('a fault');
      return asks;
    });
    const told: unknown[] = [];
    const member = (ask: number) => ({
      ask,
      resolve: (answer: number) => told.push(answer),
      reject: () => {
        throw new Error('the answer');
      },
    });
    queue.add([1, 2, 3].map(member));
    expect(told).toEqual([1, 3]);
    syncs[0]?.resolve();
    await vi.waitFor(() => expect(queue.run(4)).resolves.toBe(4));
  });

  it('one commit takes what fits into its budget, and of each sender in turn; each sender’s own keep their order', async () => {
    const [one, other] = [{}, {}];
    const groups: string[][] = [];
    const queue = new CommitQueue<{ id: string; from: object | null; work: number }, string>({
      commit: (asks) => {
        groups.push(asks.map(({ id }) => id));
        return asks.map(({ id }) => id);
      },
      sync: async () => {},
      weigh: ({ work }) => work,
      sender: ({ from }) => from,
    });
    const told: string[] = [];
    const all = Promise.withResolvers<void>();
    const member = (id: string, from: object | null, work: number) => ({
      ask: { id, from, work },
      resolve: (answer: string) => {
        told.push(answer);
        if (told.length === 7) all.resolve();
      },
      reject: all.reject,
    });
    const third = BUDGET / 3;
    queue.add([
      ...['a1', 'a2', 'a3', 'a4'].map((id) => member(id, one, third)),
      ...[member('b1', other, BUDGET * 2), member('b2', other, third), member('c', null, third)],
    ]);
    await all.promise;
    expect(groups).toEqual([['a1'], ['b1'], ['c', 'a2', 'b2'], ['a3', 'a4']]);
  });

  it('where the disk fails, those that wait are told, and the next is tried', async () => {
    const { queue, syncs } = make();
    expect(await queue.run(1)).toBe(10);
    const waiting = queue.run(2);
    syncs[0]?.reject(new Error('the disk'));
    await expect(waiting).rejects.toThrow('the disk');
    expect(await queue.run(3)).toBe(30);
  });

  /** A queue with a cap whose first commit is on its way; an ask is its own size, and one of a sender keeps its place. */
  function makeCapped() {
    const groups: number[][] = [];
    const sync = Promise.withResolvers<void>();
    const queue = new CommitQueue<{ size: number; from: object | null }, string>({
      commit: (asks) => {
        groups.push(asks.map(({ size }) => size));
        return asks.map(({ size }) => (size === 0 ? 'refused in its turn' : 'done'));
      },
      sync: () => sync.promise,
      sender: ({ from }) => from,
      cap: {
        size: ({ size }) => size,
        refuse: ({ ask: { from }, resolve }) => {
          if (from !== null) return { size: 0, from };
          resolve('refused at once');
          return null;
        },
      },
    });
    return { queue, groups, sync };
  }

  it('what would pass the bytes that may wait is refused at once, or in its turn; what is committed makes room', async () => {
    const { queue, groups, sync } = makeCapped();
    const half = { size: WAITING_BYTES / 2, from: null };
    const sender = {};
    expect(await queue.run({ size: WAITING_BYTES * 2, from: null })).toBe('done');
    const waiting = [queue.run(half), queue.run({ ...half, from: sender })];
    expect(await queue.run({ size: 1, from: null })).toBe('refused at once');
    const held = queue.run({ size: 1, from: sender });
    expect(groups).toEqual([[WAITING_BYTES * 2]]);
    sync.resolve();
    expect(await Promise.all([...waiting, held])).toEqual(['done', 'done', 'refused in its turn']);
    expect(await Promise.all([queue.run(half), queue.run(half)])).toEqual(['done', 'done']);
  });

  it('so is what would pass their number', async () => {
    const { queue, sync } = makeCapped();
    const one = { size: 1, from: null };
    await queue.run(one);
    const waiting = Array.from({ length: WAITING_ASKS }, () => queue.run(one));
    expect(await queue.run(one)).toBe('refused at once');
    sync.resolve();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['done']));
    expect(await queue.run(one)).toBe('done');
  });
});
