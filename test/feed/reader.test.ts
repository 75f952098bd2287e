import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import type { FeedType, OrganizationEvent } from '../../src/domain/feed/feed';
import type { FeedEvent, Publication } from '../../src/domain/feed/publication';
import type { EventType } from '../../src/domain/job/event';
import { summarize } from '../../src/domain/job/summary';
import { indexObject } from '../../src/objects/address';
import type { Caller } from '../../src/services/access/caller';
import { type FeedPosition, readFeed } from '../../src/services/feed/feed';
import { freshJob } from '../support/arbitraries';

/**
 * Jobs that publish in any order, late, repeated and in part, to any number of shards, and readers that read meanwhile:
 * each event is read once, those of a job in the order of its revisions.
 */

const SUMMARY = summarize(freshJob());
const STAGES: EventType[] = ['job.created', 'job.stage_changed', 'job.completed'];

/** A job as its object would have it: all of its events, and what it believes the index to have. */
class Job {
  readonly id: string;
  readonly shard: number;
  readonly events: FeedEvent[] = [];
  revision = 0;
  acknowledged = 0;
  readonly sent: Publication[] = [];

  constructor(id: string, shard: number) {
    this.id = id;
    this.shard = shard;
  }

  change(types: readonly EventType[]): void {
    this.revision += 1;
    for (const type of types) {
      const body = { type, job_type: 'import' } as FeedEvent['body'];
      this.events.push({ n: this.events.length + 1, revision: this.revision, at: Date.now(), body });
    }
  }

  publication(most: number): Publication {
    const events = this.events.slice(this.acknowledged, this.acknowledged + most);
    const summary = { ...SUMMARY, job_id: this.id, revision: this.revision };
    return { summary, events, through: this.events.length, deleted: false };
  }
}

/** A reader with a filter, and all it has read. */
class Reader {
  readonly read: OrganizationEvent[] = [];
  readonly #caller: Caller;
  readonly #types: FeedType[] | undefined;
  #position: FeedPosition | null = null;

  constructor(caller: Caller, types?: FeedType[]) {
    this.#caller = caller;
    this.#types = types;
  }

  async page(limit: number): Promise<number> {
    const filter = this.#types === undefined ? {} : { types: this.#types };
    const part = await readFeed(this.#caller, { position: this.#position, filter, limit });
    if (!part.ok || 'expired' in part.value) throw new Error(`not a page: ${JSON.stringify(part)}`);
    expect(part.value.events.length).toBeLessThanOrEqual(limit);
    this.#position = part.value.position;
    this.read.push(...part.value.events);
    return part.value.events.length;
  }

  of(job: Job): OrganizationEvent[] {
    return this.read.filter(({ job_id }) => job_id === job.id);
  }
}

let organizations = 0;
afterEach(() => {
  vi.useRealTimers();
});

const job = fc.nat({ max: 2 });
const types: fc.Arbitrary<EventType[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<EventType[]>([]) },
  fc.subarray(STAGES),
);
const step = fc.oneof(
  fc.record({
    do: fc.constant('change' as const),
    job,
    types,
    later: fc.constantFrom(40, 3_000),
  }),
  fc.record({
    do: fc.constant('publish' as const),
    job,
    most: fc.constantFrom(1, 3, 9),
    heard: fc.boolean(),
  }),
  fc.record({ do: fc.constant('repeat' as const), job, which: fc.nat({ max: 9 }) }),
  fc.record({
    do: fc.constant('read' as const),
    limit: fc.integer({ min: 1, max: 5 }),
    filtered: fc.boolean(),
  }),
);

it('a reader reads each event once and in its job’s order', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let progressed = 0;
  const shardCount = fc.constantFrom(1, 2, 3);
  await fc.assert(
    fc.asyncProperty(shardCount, fc.array(step, { minLength: 10, maxLength: 60 }), async (shards, steps) => {
      const organization = `reader-${++organizations}`;
      const principal = {
        organization,
        actor: { kind: 'key' as const, id: 'k' },
        permissions: [],
        salt: '',
        since: Date.now(),
      };
      const config = { ...configOf(env), shards };
      const caller: Caller = { env, config, principal, renew: async () => true };
      const jobs = [0, 1, 2].map((n) => new Job(`${organization}-job-${n}`, n % shards));
      const whole = new Reader(caller);
      const ends = new Reader(caller, ['job.completed']);
      const send = (to: Job, publication: Publication) =>
        indexObject(env, organization, to.shard).publish(publication);
      for (const one of jobs) one.change(['job.created']);

      for (const act of steps) {
        if (act.do === 'read') await (act.filtered ? ends : whole).page(act.limit);
        else {
          const of = jobs[act.job] as Job;
          if (act.do === 'change') {
            vi.setSystemTime(Date.now() + act.later);
            of.change(act.types.filter((type) => type !== 'job.created'));
          } else if (act.do === 'repeat') {
            const old = of.sent[act.which];
            if (old !== undefined) await send(of, old);
          } else {
            const publication = of.publication(act.most);
            of.sent.push(publication);
            const receipt = await send(of, publication);
            if (act.heard) of.acknowledged = receipt.through;
          }
        }
      }

      for (const one of jobs) {
        for (let sends = 0; one.acknowledged < one.events.length; sends++) {
          expect(sends).toBeLessThan(200);
          one.acknowledged = (await send(one, one.publication(4))).through;
        }
      }
      while ((await whole.page(9)) > 0);
      while ((await ends.page(5)) > 0);
      expect(new Set(whole.read.map(({ id }) => id)).size).toBe(whole.read.length);
      for (const one of jobs) {
        const own = whole.of(one);
        const told = own.filter(({ type }) => type !== 'job.progressed').map(({ id }) => id);
        expect(told).toEqual(one.events.map(({ revision, body }) => `${one.id}.${revision}.${body.type}`));
        for (const [index, { type, revision }] of own.entries()) {
          const before = own[index - 1]?.revision ?? 0;
          expect(revision).toBeGreaterThanOrEqual(type === 'job.progressed' ? before + 1 : before);
        }
        progressed += own.length - told.length;
        expect(ends.of(one)).toEqual(own.filter(({ type }) => type === 'job.completed'));
      }
    }),
    { numRuns: 15 },
  );
  expect(progressed).toBeGreaterThan(0);
}, 90_000);

it('a page takes the events of all shards by their time, and each shard’s own in its order', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const organization = `reader-${++organizations}`;
  const principal = {
    organization,
    actor: { kind: 'key' as const, id: 'k' },
    permissions: [],
    salt: '',
    since: Date.now(),
  };
  const caller: Caller = { env, config: { ...configOf(env), shards: 3 }, principal, renew: async () => true };
  const times = [
    [10, 40, 20],
    [30, 15],
    [25, 26],
  ];
  for (const [shard, ats] of times.entries()) {
    const job = new Job(`${organization}-${shard}`, shard);
    for (const at of ats) {
      vi.setSystemTime(at);
      job.change(['job.stage_changed']);
    }
    await indexObject(env, organization, shard).publish(job.publication(9));
  }
  const reader = new Reader(caller);
  await reader.page(100);
  expect(reader.read.map(({ at }) => at)).toEqual([10, 25, 26, 30, 15, 40, 20]);
});

it.each([1, 2, 3, 4])(
  'what a page of %i has no room for comes with the next one, from whichever shard',
  async (limit) => {
    const organization = `reader-${++organizations}`;
    const principal = {
      organization,
      actor: { kind: 'key' as const, id: 'k' },
      permissions: [],
      salt: '',
      since: Date.now(),
    };
    const caller: Caller = {
      env,
      config: { ...configOf(env), shards: 3 },
      principal,
      renew: async () => true,
    };
    const told: string[] = [];
    for (const shard of [0, 1, 2]) {
      const job = new Job(`${organization}-${shard}`, shard);
      for (let n = 0; n < 3; n++) job.change(['job.stage_changed']);
      await indexObject(env, organization, shard).publish(job.publication(9));
      told.push(...job.events.map(({ revision, body }) => `${job.id}.${revision}.${body.type}`));
    }
    const reader = new Reader(caller);
    while ((await reader.page(limit)) > 0);
    expect(reader.read.map(({ id }) => id).sort()).toEqual(told.sort());
  },
);

it('shards that are added later are read from their beginning, and ones that were met stay read', async () => {
  const organization = `reader-${++organizations}`;
  const principal = {
    organization,
    actor: { kind: 'key' as const, id: 'k' },
    permissions: [],
    salt: '',
    since: Date.now(),
  };
  const withShards = (shards: number): Caller => {
    return { env, config: { ...configOf(env), shards }, principal, renew: async () => true };
  };
  const tell = async (shard: number) => {
    const one = new Job(`${organization}-${crypto.randomUUID()}`, shard);
    one.change(['job.created']);
    await indexObject(env, organization, shard).publish(one.publication(1));
    return one.id;
  };
  const read = async (shards: number, position: FeedPosition | null) => {
    const part = await readFeed(withShards(shards), { position, filter: {}, limit: 10 });
    if (!part.ok || 'expired' in part.value) throw new Error('not a page');
    return part.value;
  };
  const a = await tell(0);
  const first = await read(1, null);
  const b = await tell(5);
  const second = await read(6, first.position);
  const c = await tell(5);
  const third = await read(1, second.position);
  expect([first, second, third].map(({ events }) => events.map(({ job_id }) => job_id))).toEqual([
    [a],
    [b],
    [c],
  ]);
});
