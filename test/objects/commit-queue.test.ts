import { describe, expect, it } from 'vitest';
import { CommitQueue } from '../../src/objects/kit/commit-queue';

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

  it('where the disk fails, those that wait are told, and the next is tried', async () => {
    const { queue, syncs } = make();
    expect(await queue.run(1)).toBe(10);
    const waiting = queue.run(2);
    syncs[0]?.reject(new Error('the disk'));
    await expect(waiting).rejects.toThrow('the disk');
    expect(await queue.run(3)).toBe(30);
  });
});
