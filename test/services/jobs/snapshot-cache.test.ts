import { describe, expect, it } from 'vitest';
import { ok, type Result, refuse } from '../../../src/domain/base/result';
import type { JobView } from '../../../src/objects/job/contract';
import { snapshotName } from '../../../src/services/jobs/job-snapshot';
import { Snapshots } from '../../../src/services/jobs/snapshot-cache';
import { Lru } from '../../../src/services/lru';
import { settle, VirtualTime } from '../../support/virtual-time';
import { JOB, LIFE, NAME, revisionOf, Source, viewAt } from './snapshot-source';

/** The snapshots of an isolate, by a clock of the test's own and an object that answers when the test says so. */

function isolate(life = LIFE) {
  const time = new VirtualTime();
  const source = new Source();
  const kept: Promise<unknown>[] = [];
  const snapshots = new Snapshots(life, time);
  const keepAlive = (work: Promise<unknown>) => void kept.push(work);
  return {
    ...{ time, source, kept, snapshots },
    read: (held: number) => snapshots.read(NAME, held, source.ask, keepAlive),
    ask: () => snapshots.ask(NAME, source.ask, keepAlive),
    async know(revision: number) {
      source.revision = revision;
      const answer = this.ask();
      await source.answer();
      await answer;
    },
  };
}

describe('a snapshot', () => {
  it('is served for less than its life, counted from when the ask began', async () => {
    const { snapshots, source, time, ask } = isolate();
    const first = ask();
    await time.pass(400);
    await source.answer();
    await first;
    await time.pass(LIFE - 401);
    expect(snapshots.find(NAME, 1)?.view.summary.revision).toBe(1);
    await time.pass(1);
    expect(snapshots.find(NAME, 1)).toBeNull();
  });

  it('is not served to a reader that holds a newer revision, nor by a clock that went back', async () => {
    const world = isolate();
    await world.know(5);
    expect(world.snapshots.find(NAME, 5)).not.toBeNull();
    expect(world.snapshots.find(NAME, 6)).toBeNull();
    world.time.at -= 10;
    expect(world.snapshots.find(NAME, 5)).toBeNull();
  });

  it('is not kept at a life of 0: every reader asks', async () => {
    const { snapshots, source, read } = isolate(0);
    for (const asks of [1, 2]) {
      const answer = read(1);
      await source.answer();
      expect(revisionOf(await answer)).toBe(1);
      expect(source.asks).toBe(asks);
    }
    expect(snapshots.find(NAME, 1)).toBeNull();
  });

  it('is never a refusal, and goes with the job', async () => {
    const world = isolate();
    await world.know(3);
    const gone = world.ask();
    await world.source.answer(refuse('job_not_found', 'There is no such job.'));
    expect((await gone).ok).toBe(false);
    expect(world.snapshots.find(NAME, 1)).toBeNull();
  });

  it('stays where an object is overloaded', async () => {
    const world = isolate();
    await world.know(3);
    const refused = world.ask();
    await world.source.answer(refuse('overloaded', 'Try again.'));
    expect((await refused).ok).toBe(false);
    expect(world.snapshots.find(NAME, 3)).not.toBeNull();
  });

  it('of a deleted job is forgotten, and what was under way is not kept', async () => {
    const world = isolate();
    await world.know(3);
    await world.time.pass(10);
    const late = world.ask();
    world.snapshots.forget('acme', JOB.job_id.toUpperCase());
    await world.source.answer();
    expect(revisionOf(await late)).toBe(3);
    expect(world.snapshots.find(NAME, 3)).toBeNull();
  });
});

describe('a change', () => {
  it('replaces a snapshot by what it shows, at once', async () => {
    const world = isolate();
    await world.know(3);
    await world.time.pass(1);
    world.snapshots.changed('acme', viewAt(4), world.time.now());
    expect(world.snapshots.find(NAME, 1)?.view.summary.revision).toBe(4);
  });

  it('asked for before anybody polled here is not kept: a newer one may have come first', async () => {
    const world = isolate();
    const asked = world.time.now();
    await world.time.pass(10);
    world.snapshots.changed('acme', viewAt(3), asked);
    const under = world.read(1);
    world.snapshots.changed('acme', viewAt(2), asked);
    expect(world.snapshots.find(NAME, 1)).toBeNull();
    world.source.revision = 3;
    await world.source.answer();
    expect(revisionOf(await under)).toBe(3);
  });

  it('that shows no content drops it', async () => {
    const world = isolate();
    await world.know(3);
    world.snapshots.changed('acme', viewAt(4, false), world.time.now());
    expect(world.snapshots.find(NAME, 1)).toBeNull();
  });

  it('that comes late never brings an older revision back, nor drops a newer one', async () => {
    const world = isolate();
    await world.know(5);
    world.snapshots.changed('acme', viewAt(4), world.time.now());
    world.snapshots.changed('acme', viewAt(4, false), world.time.now());
    expect(world.snapshots.find(NAME, 1)?.view.summary.revision).toBe(5);
  });

  it('outdates the ask under way: its answer is neither kept nor shared with who came after', async () => {
    const world = isolate();
    const before = world.read(1);
    world.snapshots.changed('acme', viewAt(2, false), world.time.now());
    const after = world.read(1);
    await settle();
    await world.source.answer(ok(viewAt(1)));
    expect(revisionOf(await before)).toBe(1);
    expect(world.snapshots.find(NAME, 1)).toBeNull();
    await world.time.pass(250);
    world.source.revision = 2;
    await world.source.answer();
    expect(revisionOf(await after)).toBe(2);
    expect(world.source.asks).toBe(2);
  });

  it('of a job that nobody polls here leaves nothing behind', async () => {
    const world = isolate();
    world.snapshots.changed('acme', viewAt(4), world.time.now());
    expect(world.snapshots.find(NAME, 1)).toBeNull();
  });

  it('of one organization is none of another', async () => {
    const world = isolate();
    await world.know(3);
    world.snapshots.changed('other', viewAt(9), world.time.now());
    expect(world.snapshots.find(NAME, 1)?.view.summary.revision).toBe(3);
    expect(world.snapshots.find(snapshotName('other', JOB.job_id, 'content'), 1)).toBeNull();
  });
});

describe('an ask', () => {
  it('answers all that come while it is young, and is kept alive for them', async () => {
    const { source, kept, time, read } = isolate();
    const first = read(1);
    const others = Array.from({ length: 20 }, () => read(1));
    await time.pass(249);
    others.push(read(1));
    await settle();
    expect(source.asks).toBe(1);
    expect(kept).toHaveLength(1);
    await source.answer();
    for (const answer of [first, ...others]) expect(revisionOf(await answer)).toBe(1);
  });

  it('that is old is not joined', async () => {
    const { source, time, read } = isolate();
    const first = read(1);
    await time.pass(250);
    const second = read(1);
    await settle();
    expect(source.asks).toBe(2);
    await source.answer();
    expect([revisionOf(await first), revisionOf(await second)]).toEqual([1, 1]);
  });

  it('that never answers holds nobody: those who joined it ask again', async () => {
    const { source, time, read } = isolate();
    void read(1);
    const joined = Array.from({ length: 20 }, () => read(1));
    await settle();
    source.waiting.splice(0);
    await time.pass(250);
    expect(source.asks).toBe(2);
    await source.answer();
    for (const answer of joined) expect(revisionOf(await answer)).toBe(1);
  });

  it('that fails fails those who joined it, and nobody after', async () => {
    const { snapshots, time } = isolate();
    const broken = () => Promise.reject<Result<JobView>>(new Error('broken'));
    const answers = [snapshots.read(NAME, 1, broken, () => {}), snapshots.read(NAME, 1, broken, () => {})];
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await time.pass(250);
    expect(
      revisionOf(
        await snapshots.read(
          NAME,
          1,
          async () => ok(viewAt(1)),
          () => {},
        ),
      ),
    ).toBe(1);
  });

  it('comes every quarter of a second at most, however often a job changes and is polled', async () => {
    const { source, snapshots, time, read } = isolate();
    for (let tick = 0; tick < 1_000; tick++) {
      source.revision += 1;
      snapshots.changed('acme', viewAt(source.revision, false), time.now());
      void read(1);
      await source.answer();
      await time.pass(10);
    }
    expect(source.asks).toBeLessThanOrEqual(41);
  });
});

describe('what an isolate keeps', () => {
  it('is bounded in number and weight; what was used last stays', () => {
    const lru = new Lru<number>(3, 10);
    for (const n of [1, 2, 3]) lru.set(String(n), n, 3);
    expect(lru.get('1')).toBe(1);
    lru.set('4', 4, 1);
    expect([lru.get('1'), lru.get('2'), lru.get('3'), lru.size, lru.weight]).toEqual([1, undefined, 3, 3, 7]);
    lru.set('1', 1, 9);
    expect([lru.get('1'), lru.size, lru.weight]).toEqual([1, 1, 9]);
    lru.set('heavy', 5, 11);
    expect([lru.get('heavy'), lru.size, lru.weight]).toEqual([undefined, 1, 9]);
  });

  it('is written once in each dialect', async () => {
    const world = isolate();
    await world.know(2);
    const snapshot = world.snapshots.find(NAME, 2);
    if (snapshot === null) throw new Error('no snapshot');
    let written = 0;
    const write = ({ summary }: JobView) => `${summary.revision} ${++written}`;
    const texts = ['a', 'a', 'b', 'a'].map((mark) => world.snapshots.textOf(snapshot, mark, write));
    expect(texts).toEqual(['2 1', '2 1', '2 2', '2 1']);
  });
});
