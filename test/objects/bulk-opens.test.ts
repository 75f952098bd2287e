/**
 * A bulk operation is begun by whoever comes first and is done where its job was made, whoever else was refused meanwhile;
 * it goes on though the clock was set.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reject } from '../../src/domain/base/rejection';
import { makeBulkDO } from '../../src/objects/bulk/bulk-do';
import type { BulkPlace, BulkSpec, BulkVerbs } from '../../src/objects/bulk/contract';
import type { CreateAnswer } from '../../src/objects/job/contract';

const REFUSED: CreateAnswer = { outcome: 'refused', rejection: reject('rate_limited', 'Too many.') };
const CONFLICT: CreateAnswer = { outcome: 'refused', rejection: reject('idempotency_conflict', 'Another.') };
const shown = (outcome: 'created' | 'replayed') => ({ outcome, view: {} }) as CreateAnswer;
const specOf = (id: string) => ({ ids: [id], key: { key: 'nightly', digest: id } }) as unknown as BulkSpec;

/** The service as far as one operation goes: its job is the first whose `open` is let in. */
class World {
  job: BulkSpec | null = null;
  opens = 0;
  acted: string[] = [];
  ended: BulkPlace | null = null;
  /** What the first `open` comes to. */
  readonly first = Promise.withResolvers<CreateAnswer>();

  readonly verbs: BulkVerbs = {
    open: async (_organization, spec) => {
      this.opens += 1;
      if (this.opens === 1) return this.first.promise;
      if (this.job === null) {
        this.job = spec;
        return shown('created');
      }
      return this.#again(spec, this.job);
    },
    made: async (_organization, spec) => this.job && this.#again(spec, this.job),
    tell: async (_organization, _spec, place, ended) => {
      if (ended) this.ended = place;
      return 'under way';
    },
    page: async (_organization, { ids }) => ({ page: ids ?? [], next: 1, last: true }),
    act: async (_organization, _spec, jobId) => {
      this.acted.push(jobId);
      return { outcome: 'done' };
    },
  };

  #again({ ids }: BulkSpec, job: BulkSpec): CreateAnswer {
    return `${ids}` === `${job.ids}` ? shown('replayed') : CONFLICT;
  }
}

/** Runs `work` with an object of its own, whose alarm goes off by hand alone. */
async function withBulk(
  work: (
    bulk: InstanceType<ReturnType<typeof makeBulkDO>>,
    world: World,
    state: DurableObjectState,
  ) => Promise<void>,
) {
  const stub = env.BULK.getByName(`acme/${crypto.randomUUID()}`);
  await runInDurableObject(stub, async (_object, state) => {
    const world = new World();
    await work(new (makeBulkDO(() => world.verbs))(state, env), world, state);
  });
}

/** Whoever is held by nobody has gone on. */
async function turns() {
  for (let n = 0; n < 20; n++) await scheduler.wait(0);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('that was refused, and begun by the same request again meanwhile, is done', async () => {
  await withBulk(async (bulk, world) => {
    const spec = specOf('one');
    const starts = [bulk.start('acme', spec), bulk.start('acme', spec)];
    await turns();
    world.first.resolve(REFUSED);
    expect((await Promise.all(starts)).map(({ outcome }) => outcome)).toEqual(['refused', 'created']);
    for (let n = 0; n < 3; n++) await bulk.alarm();
    expect([world.acted, world.ended?.done]).toEqual([['one'], 1]);
  });
});

it('that is refused while its alarm asks for its job too is done, or has none', async () => {
  await withBulk(async (bulk, world) => {
    const start = bulk.start('acme', specOf('one'));
    await turns();
    const alarm = bulk.alarm();
    await turns();
    world.first.resolve(REFUSED);
    await Promise.all([start, alarm]);
    for (let n = 0; n < 3; n++) await bulk.alarm();
    expect([(await start).outcome, world.job, world.acted]).toEqual(['refused', null, []]);
    // Nothing is left of it: its key begins it another time.
    expect((await bulk.start('acme', specOf('two'))).outcome).toBe('created');
    for (let n = 0; n < 3; n++) await bulk.alarm();
    expect(world.acted).toEqual(['two']);
  });
});

it('that was cut off before its job was made is what its key does, whatever another body asks', async () => {
  await withBulk(async (bulk, world) => {
    const cut = bulk.start('acme', specOf('one'));
    world.first.reject(new Error('cut off'));
    await expect(cut).rejects.toThrow('cut off');
    expect(await bulk.start('acme', specOf('two'))).toEqual(CONFLICT);
    expect((await bulk.start('acme', specOf('one'))).outcome).toBe('replayed');
    for (let n = 0; n < 3; n++) await bulk.alarm();
    expect([world.job?.ids, world.acted, world.ended?.done]).toEqual([['one'], ['one'], 1]);
  });
});

it.each([30 * 86_400_000, -86_400_000])(
  'whose clock is set by %i ms while a page is under way rests a minute at most',
  async (by) => {
    await withBulk(async (bulk, world, state) => {
      world.first.resolve(shown('created'));
      await bulk.start('acme', specOf('one'));
      vi.spyOn(world.verbs, 'act').mockImplementation(async () => {
        vi.setSystemTime(Date.now() + by);
        return { outcome: 'done' };
      });
      await bulk.alarm();
      const rest = ((await state.storage.getAlarm()) ?? 0) - Date.now();
      expect(rest).toBeGreaterThan(0);
      expect(rest).toBeLessThanOrEqual(60_000);
    });
  },
);
