/** The deletion of an organization, over objects that a test makes: whatever breaks, everything goes, and is counted once. */
import { describe, expect, it, vi } from 'vitest';
import { STRAGGLERS } from '../../src/domain/access/standing';
import { DELETED_AT_ONCE, type DeletionPort } from '../../src/objects/directory/advance-deletion';
import type { Deletion, DeletionPlace } from '../../src/objects/directory/contract';
import { Deleter } from '../../src/objects/directory/deleter';

const SHARDS = 3;
const BEGUN = 1_000_000;
const NOWHERE = { step: 'closing', shard: 0, page: [], closed_at: null } as const;
const BEGINNING: DeletionPlace = { ...NOWHERE, page: [], webhooks: 0, hooks: 0, jobs: 0 };

/** Where a call breaks: the `at`th, before it has an effect or after. */
interface Fault {
  at: number;
  effect: 'before' | 'after';
}

/** Numbers of things that an organization has. */
interface Size {
  webhooks: number;
  hooks: number;
  jobs: number;
  buried: number;
}

/** All that is left of one organization, and the place that its directory keeps. */
class World implements DeletionPort {
  shards = async () => SHARDS;
  readonly endpoints = new Set<string>();
  readonly senders = new Set<string>();
  /** What the shards know of: when it was made, null for what is deleted. */
  readonly index = Array.from({ length: SHARDS }, () => new Map<string, number | null>());
  /** Jobs whose objects hold something. */
  readonly objects = new Set<string>();
  readonly erased = new Set<string>();
  place = BEGINNING;
  now = BEGUN;
  calls = 0;
  /** The most objects that were deleted between two places kept. */
  most = 0;
  fault: Fault | null = null;
  /** Jobs that somebody makes though the organization is closed, and when (ms after that). */
  late: { after: number; id: string; shard: number }[] = [];
  #sinceKept = 0;

  constructor({ webhooks, hooks, jobs, buried }: Size) {
    for (let n = 0; n < webhooks; n++) this.endpoints.add(`w${n}`);
    for (let n = 0; n < hooks; n++) this.senders.add(`h${n}`);
    for (let n = 0; n < jobs + buried; n++) this.make(`j${n}`, n % SHARDS, n < jobs ? n : null);
  }

  make(id: string, shard: number, created_at: number | null): void {
    this.objects.add(id);
    this.index[shard]?.set(id, created_at);
  }

  get left(): number {
    const listed = this.index.reduce((sum, { size }) => sum + size, 0);
    return this.endpoints.size + this.senders.size + this.objects.size + listed;
  }

  get deletion(): Deletion {
    const known = { organization_id: 'acme', name: 'Acme', created_at: 1, requested_at: BEGUN };
    return { ...known, finished_at: null, place: JSON.parse(JSON.stringify(this.place)) as DeletionPlace };
  }

  keep(place: DeletionPlace): void {
    this.most = Math.max(this.most, this.#sinceKept);
    this.#sinceKept = 0;
    this.place = place;
  }

  close = () => this.#call(() => undefined);
  webhooks = () => this.#call(() => [...this.endpoints]);
  removeWebhook = (id: string) => this.#delete(() => this.endpoints.delete(id));
  hooks = () => this.#call(() => [...this.senders]);
  removeHook = (id: string) => this.#delete(() => this.senders.delete(id));
  jobs = (shard: number, limit: number) =>
    this.#call(() => {
      this.#arrive();
      const known = [...(this.index[shard] ?? [])].map(([job_id, created_at]) => ({ job_id, created_at }));
      const listed = known.filter(({ created_at }) => created_at !== null);
      return (listed.length > 0 ? listed : known).slice(0, limit);
    });
  eraseJob = (id: string) => this.#delete(() => this.objects.delete(id));
  forgetJobs = (shard: number, jobs: { job_id: string }[]) =>
    this.#call(() => {
      for (const { job_id } of jobs) this.index[shard]?.delete(job_id);
    });
  eraseShard = (shard: number) => this.#call(() => void this.erased.add(`shard ${shard}`));
  eraseOrganization = () => this.#call(() => void this.erased.add('organization'));

  #delete(work: () => unknown): Promise<void> {
    this.#sinceKept += 1;
    return this.#call(() => void work());
  }

  async #call<Answer>(work: () => Answer): Promise<Answer> {
    await null;
    const breaks = this.calls++ === this.fault?.at;
    if (breaks && this.fault?.effect === 'before') throw new Error('away');
    const answer = work();
    if (breaks) throw new Error('lost');
    return answer;
  }

  #arrive(): void {
    const closed = this.place.closed_at;
    if (closed === null) return;
    const due = this.late.filter(({ after }) => this.now >= closed + after);
    this.late = this.late.filter((one) => !due.includes(one));
    for (const { id, shard } of due) this.make(id, shard, this.now);
  }
}

const deleterOf = (worlds: readonly World[], hasRoom = () => true) =>
  new Deleter({
    underWay: () =>
      worlds.flatMap(({ deletion }, n) =>
        deletion.place.step === 'finished' ? [] : [{ ...deletion, organization_id: `${n}` }],
      ),
    keep: (id, place) => worlds[Number(id)]?.keep(place),
    objectsOf: (id) => worlds[Number(id)] as World,
    hasRoom,
    now: () => worlds[0]?.now ?? 0,
  });

/** Runs to the end, time going by as it is asked for. With `forgetful` each run is another instance's. */
async function finish(world: World, forgetful = false): Promise<number> {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  let deleter = deleterOf([world]);
  for (let runs = 1; runs < 1_000; runs++) {
    const due = await deleter.run();
    if (due === null) return runs;
    world.now = Math.max(world.now, due);
    if (forgetful) deleter = deleterOf([world]);
  }
  throw new Error(`it does not end: ${JSON.stringify(world.place)}`);
}

const SMALL: Size = { webhooks: 2, hooks: 1, jobs: 7, buried: 4 };
const ALL = ['organization', 'shard 0', 'shard 1', 'shard 2'];

it('everything goes, a page at a time, and is counted', async () => {
  const world = new World({ webhooks: 100, hooks: 77, jobs: 2_345, buried: 123 });
  await finish(world);
  expect([world.left, [...world.erased].sort()]).toEqual([0, ALL]);
  expect(world.place).toMatchObject({ step: 'finished', webhooks: 100, hooks: 77, jobs: 2_345 });
  expect(world.most).toBeLessThanOrEqual(DELETED_AT_ONCE);
  expect(world.now).toBeGreaterThanOrEqual(BEGUN + STRAGGLERS);
});

describe('broken off', () => {
  it.each(['before', 'after'] as const)(
    'at any call, %s its effect, it goes on where it was',
    async (effect) => {
      const whole = new World(SMALL);
      await finish(whole);
      for (let at = 0; at < whole.calls; at++) {
        const world = new World(SMALL);
        world.fault = { at, effect };
        await finish(world, true);
        expect([world.left, [...world.erased].sort()], `call ${at}`).toEqual([0, ALL]);
        const { webhooks, hooks, jobs } = world.place;
        expect({ webhooks, hooks, jobs }, `call ${at}`).toEqual({ webhooks: 2, hooks: 1, jobs: 7 });
      }
    },
  );

  it('between any two steps, and with a place that was not kept, likewise', async () => {
    const steps = new World(SMALL);
    let kept = 0;
    steps.keep = (place) => {
      kept += 1;
      World.prototype.keep.call(steps, place);
    };
    await finish(steps);
    for (let lost = 1; lost <= kept; lost++) {
      const world = new World(SMALL);
      let keeps = 0;
      world.keep = (place) => {
        keeps += 1;
        if (keeps === lost) throw new Error('the disk is away');
        World.prototype.keep.call(world, place);
      };
      await finish(world, true);
      expect(world.left, `place ${lost}`).toBe(0);
      expect(world.place).toMatchObject({ step: 'finished', webhooks: 2, hooks: 1, jobs: 7 });
    }
  });
});

it('what creates raced with it does not survive it', async () => {
  const world = new World(SMALL);
  for (let n = 0; n < 60; n++) {
    world.late.push({ after: Math.floor((n * STRAGGLERS) / 60), id: `late${n}`, shard: n % SHARDS });
  }
  await finish(world);
  expect([world.late.length, world.left]).toEqual([0, 0]);
  expect(world.place.jobs).toBe(67);
});

it('one that can’t go on keeps none of the others', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const worlds = Array.from({ length: 9 }, () => new World(SMALL));
  for (const stuck of worlds.slice(0, 6)) {
    stuck.close = async () => {
      throw new Error('away');
    };
  }
  const [clock] = worlds as [World];
  const deleter = deleterOf(worlds);
  const others = worlds.slice(6);
  for (let runs = 0; runs < 1_000 && others.some(({ place }) => place.step !== 'finished'); runs++) {
    const due = (await deleter.run()) ?? Number.NaN;
    expect(due).toBeGreaterThanOrEqual(BEGUN);
    clock.now = Math.max(clock.now, due);
    for (const world of worlds) world.now = clock.now;
  }
  expect(others.map(({ left }) => left)).toEqual([0, 0, 0]);
  expect(worlds[0]?.left).toBeGreaterThan(0);
});

it('while there is no room for objects it waits for some', async () => {
  const world = new World(SMALL);
  let room = false;
  const deleter = deleterOf([world], () => room);
  expect([await deleter.run(), world.calls]).toEqual([BEGUN + 5_000, 0]);
  room = true;
  world.now += 5_000;
  await deleter.run();
  expect(world.calls).toBeGreaterThan(0);
});
