import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import type { CreationTerms } from '../../src/domain/feed/publication';
import { seedFrom } from '../../src/domain/job/new-job';
import type { CreateAnswer, UnitKey } from '../../src/objects/job/contract';
import { Creations } from '../../src/objects/org-index/creations';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { mintJobId, randomCore } from '../../src/services/ids/job-id';
import { countWrites } from '../support/count-writes';
import { endedAt } from '../support/counting-shard';
import { indexStub } from '../support/objects';

/** How many jobs are made: what a shard refuses, in the commit that would have taken it, and what is left of it. */

const PLENTY: CreationTerms = { per_minute: 60_000_000, burst: 100, jobs: 1_000 };
/** A publication without events. */
const SOLO = { events: [], through: 0, deleted: false };
let organizations = 0;

afterEach(() => {
  vi.restoreAllMocks();
});

/** An organization’s shard, and jobs made in it as a Worker makes them. */
function shard() {
  const organization = `creations-${++organizations}`;
  const stubOf = (core: string) => env.JOB.getByName(`${organization}/${core}`);
  const index = indexStub(organization);
  return {
    index,
    stubOf,
    async make(
      terms?: CreationTerms,
      core = randomCore(),
      key: UnitKey | null = null,
      job_type = 'import',
    ): Promise<CreateAnswer> {
      const { job_id } = await mintJobId(configOf(env), organization, 0, core);
      const seed = seedFrom({ job_type, total_items: 1 });
      if ('code' in seed) throw new Error(seed.detail);
      const ask = { job_id, seed, items: [], key, want: {}, ...(terms === undefined ? {} : { terms }) };
      return stubOf(core).create(organization, ask);
    },
    listed: async () => (await index.list({}, null, 100)) as unknown[],
    apply: (core: string, command: { verb: 'cancel'; reason: null; requested_by: string }) =>
      stubOf(core).apply(organization, { unit: { commands: [command], batch: false }, key: null }, {}),
  };
}

const codeOf = (answer: CreateAnswer) =>
  answer.outcome === 'refused' ? answer.rejection.code : answer.outcome;

describe('jobs made', () => {
  it('at once are as many as the burst, to the one, and the others are told when to come again', async () => {
    const { make, listed } = shard();
    const terms = { ...PLENTY, per_minute: 6, burst: 5 };
    const answers = await Promise.all(Array.from({ length: 12 }, () => make(terms)));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'created')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7);
    const refused = answers.find(({ outcome }) => outcome === 'refused');
    const rate = refused?.outcome === 'refused' ? refused.rejection.rate : undefined;
    expect(rate).toMatchObject({ name: 'creates', quota: 6, window: 60, left: 0 });
    expect(rate?.reset).toBeGreaterThan(0);
    expect(rate?.reset).toBeLessThanOrEqual(10);
    expect(await listed()).toHaveLength(5);
  });

  it('that were refused leave nothing behind, and their key makes them another time', async () => {
    const { make, stubOf, listed } = shard();
    const none = { ...PLENTY, per_minute: 1, burst: 1 };
    await make(none);
    const [core, key] = [randomCore(), { key: '0'.repeat(32), body: '0'.repeat(16), value: '0'.repeat(16) }];
    expect(codeOf(await make(none, core, key))).toBe('rate_limited');
    const left = await runInDurableObject(stubOf(core), async (_job, { storage }) => ({
      tables: storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'").toArray(),
      alarm: await storage.getAlarm(),
    }));
    expect(left).toEqual({ tables: [], alarm: null });
    expect(await listed()).toHaveLength(1);
    // The same key twice at once: neither is told of a job that the other one is not given.
    const both = await Promise.all([make(none, core, key), make(none, core, key)]);
    expect(both.map(codeOf)).toEqual(['rate_limited', 'rate_limited']);
    const twice = await Promise.all([make(PLENTY, core, key), make(PLENTY, core, key)]);
    expect(twice.map(codeOf).sort()).toEqual(['created', 'replayed']);
    expect(codeOf(await make(none, core, key))).toBe('replayed');
    expect(await listed()).toHaveLength(2);
  });

  it('and not ended are as many as there may be; one that ends makes room for another', async () => {
    const { make, apply } = shard();
    const terms = { ...PLENTY, jobs: 2 };
    const core = randomCore();
    expect(codeOf(await make(terms, core))).toBe('created');
    expect(codeOf(await make(terms))).toBe('created');
    const third = await make(terms);
    expect(codeOf(third)).toBe('quota_exceeded');
    expect(third).toMatchObject({ rejection: { detail: expect.stringMatching(/\b2 jobs.*may be 2\b/) } });
    await apply(core, { verb: 'cancel', reason: null, requested_by: 'k' });
    expect(codeOf(await make(terms))).toBe('created');
    expect(await make({ ...terms, jobs_in_all: 7 })).toMatchObject({
      rejection: { code: 'quota_exceeded', detail: expect.stringMatching(/may be 2, .* share of 7:/) },
    });
  });

  it('that show a bulk operation are made though there are as many as there may be, and counted with them', async () => {
    const { make, index } = shard();
    const terms = { ...PLENTY, jobs: 2 };
    const bulk = () => make({ ...terms, bulk: 2 }, randomCore(), null, 'bulk_cancel');
    for (const expected of ['created', 'created', 'quota_exceeded'])
      expect(codeOf(await make(terms))).toBe(expected);
    expect([await bulk(), await bulk()].map(codeOf)).toEqual(['created', 'created']);
    expect(await bulk()).toMatchObject({
      rejection: { code: 'quota_exceeded', detail: expect.stringMatching(/2 bulk operations.*may be 2/) },
    });
    expect((await index.use(terms)).alive).toBe(4);
    expect(codeOf(await make({ ...terms, jobs: 4 }))).toBe('quota_exceeded');
  });

  it('that show a bulk operation are made one burst beyond the rate, and what comes after them waits the longer', async () => {
    const { make } = shard();
    const terms = { ...PLENTY, per_minute: 6, burst: 2 };
    const bulk = () => make({ ...terms, bulk: 10 }, randomCore(), null, 'bulk_cancel');
    for (const expected of ['created', 'created', 'rate_limited'])
      expect(codeOf(await make(terms))).toBe(expected);
    expect([await bulk(), await bulk()].map(codeOf)).toEqual(['created', 'created']);
    const resetOf = (answer: CreateAnswer) =>
      answer.outcome === 'refused' ? (answer.rejection.rate?.reset ?? 0) : 0;
    const [third, job] = [resetOf(await bulk()), resetOf(await make(terms))];
    expect(third).toBeGreaterThan(0);
    expect(third).toBeLessThanOrEqual(10);
    expect(job).toBeGreaterThan(20);
    expect(job).toBeLessThanOrEqual(30);
  });

  it('while their index does not answer are made, counted, and told to it later', async () => {
    const { make, listed } = shard();
    const terms = { ...PLENTY, per_minute: 1, burst: 1 };
    expect(codeOf(await make(terms))).toBe('created');
    const publish = OrgIndexDO.prototype.publish;
    let [calls, open] = [0, () => {}];
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (this: OrgIndexDO, news) {
      calls += 1;
      if (calls === 1) await opened;
      return publish.call(this, news);
    });
    // It would have refused this one, had it answered in time.
    expect(codeOf(await make(terms))).toBe('created');
    open();
    await vi.waitUntil(async () => (await listed()).length === 2);
    expect(calls).toBe(2);
    const next = await make(terms);
    expect(codeOf(next)).toBe('rate_limited');
    // One minute for what was made beyond the rate, and one for the next.
    expect(next.outcome === 'refused' && next.rejection.rate?.reset).toBeGreaterThan(60);
  });

  it.each(['too late', 'never'])(
    'are in the list what they are themselves, where the index said %s how long their type takes',
    async (when) => {
      const { make, index, stubOf } = shard();
      for (let n = 0; n < 10; n++) await index.publish({ ...SOLO, summary: endedAt(n, n, 7) });
      const core = randomCore();
      expect(await make(PLENTY)).toMatchObject({ view: { summary: { typical_seconds: 7 } } });
      const publish = OrgIndexDO.prototype.publish;
      const opened = Promise.withResolvers<void>();
      let calls = 0;
      vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (this: OrgIndexDO, news) {
        const receipt = await publish.call(this, news);
        calls += 1;
        if (calls === 1 && when === 'never') throw new Error('the receipt is lost');
        if (calls === 1) await opened.promise;
        return receipt;
      });
      expect(await make(PLENTY, core)).toMatchObject({ view: { summary: { typical_seconds: null } } });
      opened.resolve();
      if (when === 'never') await runDurableObjectAlarm(stubOf(core));
      await vi.waitUntil(async () => {
        const listed = (await index.list({}, null, 100)) as { typical_seconds: number | null }[];
        return listed[0]?.typical_seconds === null;
      });
      expect(calls).toBe(2);
    },
  );

  it('under terms cost no row more than without, and those of an older Worker are never refused', async () => {
    const { index, make } = shard();
    for (let warm = 0; warm < 3; warm++) await make();
    const free = await countWrites(index, () => make());
    const bound = await countWrites(index, () => make(PLENTY));
    expect(bound).toEqual(free);
    const without = await Promise.all(Array.from({ length: 5 }, () => make()));
    expect(without.map(codeOf)).toEqual(Array(5).fill('created'));
  });

  it('a shard says what of its terms is used, and one that nothing was ever told has no tables after it', async () => {
    const { index, make, apply } = shard();
    expect(await index.use(PLENTY)).toEqual({ alive: 0, left: 100, feed_bytes: 0 });
    const tables = await runInDurableObject(index, (_index, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'summary'").toArray(),
    );
    expect(tables).toEqual([]);
    const core = randomCore();
    await make(PLENTY, core);
    await make(PLENTY);
    await apply(core, { verb: 'cancel', reason: null, requested_by: 'k' });
    const { alive, left, feed_bytes } = await index.use({ ...PLENTY, per_minute: 1 });
    expect(alive).toBe(1);
    expect([98, 99]).toContain(left);
    expect(feed_bytes).toBeGreaterThan(300);
  });
});

it('a shard keeps what the newest creation says of its feed’s bytes, for rows that come without', async () => {
  const { index, make } = shard();
  await make({ ...PLENTY, feed_bytes: 2_000 });
  await evictDurableObject(index);
  for (let n = 0; n < 20; n++) await make();
  expect((await index.use(PLENTY)).feed_bytes).toBeLessThan(3_000);
  await make({ ...PLENTY, feed_bytes: 200_000 });
  for (let n = 0; n < 20; n++) await make();
  expect((await index.use(PLENTY)).feed_bytes).toBeGreaterThan(6_000);
});

describe('a shard that was just opened', () => {
  const terms = { per_minute: 60, burst: 5, jobs: 1_000 };
  const never = { alive: () => 0, aliveOf: () => 0, bytes: () => 0 };

  /** What may still be made at `now` (s) where jobs were made at `times` (s). */
  function left(times: number[], now: number): number {
    const madeSince = (since: number) => times.map((time) => time * 1_000).filter((time) => time > since);
    return new Creations({ ...never, madeSince }).use(terms, now * 1_000).left;
  }

  it.each([
    [[], 100, 5],
    [[99.9, 99.9], 100, 3],
    [[99.9, 99.9, 99.9, 99.9, 99.9], 100, 0],
    [[95, 95, 95, 95, 95], 100, 5],
    [[97, 97, 97, 97, 97], 100, 3],
    // One a second for long, after a burst: empty all the while.
    [[90, 90, 90, 90, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100], 100, 0],
  ])('knows by jobs made at %j s that at %i s %i may be made', (times, now, expected) => {
    expect(left(times, now)).toBe(expected);
  });

  it('counts those alive only where it is large enough to hold too many', () => {
    let counted = 0;
    const store = (bytes: number) => ({
      bytes: () => bytes,
      madeSince: () => [],
      aliveOf: () => 0,
      alive: () => {
        counted += 1;
        return 1_000;
      },
    });
    expect(new Creations(store(100_000)).take({ ...terms, burst: 100 }, 0)).toBeNull();
    expect(counted).toBe(0);
    const large = new Creations(store(1_000_000));
    expect(large.take(terms, 0)?.code).toBe('quota_exceeded');
    expect(large.take(terms, 0)?.code).toBe('quota_exceeded');
    expect(counted).toBe(1);
    large.moved('import', 'in_progress', 'completed');
    expect(large.take(terms, 0)).toBeNull();
  });

  it('counts anew where as many may be made no longer', () => {
    const store = { bytes: () => 300_000, madeSince: () => [], aliveOf: () => 0, alive: () => 1_000 };
    const creations = new Creations(store);
    const plenty = { ...terms, burst: 100 };
    expect(creations.take({ ...plenty, jobs: 10_000 }, 0)).toBeNull();
    expect(creations.take({ ...plenty, jobs: 1_000 }, 0)?.code).toBe('quota_exceeded');
    creations.moved('import', 'in_progress', 'completed');
    expect(creations.take({ ...plenty, jobs: 1_000 }, 0)).toBeNull();
    expect(creations.take({ ...plenty, jobs: 10_000 }, 0)).toBeNull();
  });
});
