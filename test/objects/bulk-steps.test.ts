/** Whatever call of a bulk operation fails, and after whatever it has done: each job once, each counted once, all told. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advanceBulk } from '../../src/objects/bulk/advance-bulk';
import type { BulkOutcome, BulkPlace, BulkSpec, BulkVerbs } from '../../src/objects/bulk/contract';

const BEGINNING: BulkPlace = {
  ...{ n: 0, next: null, page: [], tries: 0, last: false },
  ...{ done: 0, failed: 0, failures: [] },
};

/** What becomes of a job each time it is tried. */
const fate = fc.constantFrom<BulkOutcome['outcome'][]>(
  ['done'],
  ['failed'],
  ['again', 'done'],
  ['again', 'failed'],
  Array(20).fill('again'),
);

/** A service that breaks before or after it has done what it was asked, where the next of `faults` says so. */
class World {
  readonly acted = new Map<string, number>();
  readonly told = new Map<number, BulkPlace>();
  place = BEGINNING;
  ended: BulkPlace | null = null;
  cancelled = false;
  acknowledged = false;
  readonly #fates: readonly BulkOutcome['outcome'][][];
  readonly #faults: number[];

  constructor(fates: readonly BulkOutcome['outcome'][][], faults: readonly number[]) {
    this.#fates = fates;
    this.#faults = [...faults];
  }

  async #call<Answer>(work: () => Answer): Promise<Answer> {
    const fault = this.#faults.shift() ?? 0;
    if (fault === 1) throw new Error('before');
    const answer = work();
    if (fault === 2) throw new Error('after');
    return answer;
  }

  readonly verbs = {
    tell: (_organization, _spec, place, ended) =>
      this.#call(() => {
        if (this.ended !== null) return 'over';
        // A job takes each sequence once.
        if (!this.told.has(place.n)) this.told.set(place.n, place);
        if (ended && this.cancelled) this.acknowledged = true;
        if (ended) this.ended = place;
        return this.cancelled ? 'cancelled' : 'under way';
      }),
    page: (_organization, _spec, { next }, limit) =>
      this.#call(() => {
        const from = Number(next ?? 0);
        const page = this.#fates.map((_, n) => String(n)).slice(from, from + limit);
        return { page, next: from + page.length, last: from + page.length >= this.#fates.length };
      }),
    act: async (_organization, _spec, jobId, repeated) => {
      const times = this.acted.get(jobId) ?? 0;
      expect(times === 0 || repeated).toBe(true);
      const fates = this.#fates[Number(jobId)] ?? [];
      const outcome = fates[Math.min(times, fates.length - 1)] ?? 'done';
      this.acted.set(jobId, times + 1);
      return outcome === 'done' ? { outcome } : { outcome, code: outcome, message: jobId };
    },
  } as Pick<BulkVerbs, 'tell' | 'page' | 'act'> as BulkVerbs;

  /** One run of the alarm: what breaks it is over, what it kept stays. */
  async run(): Promise<boolean> {
    const keep = (place: BulkPlace) => {
      const fault = this.#faults.shift() ?? 0;
      if (fault === 0) this.place = structuredClone(place);
      else throw new Error('not kept');
    };
    try {
      return await advanceBulk({} as BulkSpec, structuredClone(this.place), {
        verbs: this.verbs,
        organization: 'acme',
        keep,
      });
    } catch {
      return true;
    }
  }
}

const fates = fc.array(fate, { maxLength: 130 });
const faults = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { maxLength: 60 });

it('each job has its turn, is counted once and told where nothing could be done', async () => {
  await fc.assert(
    fc.asyncProperty(fates, faults, async (each, broken) => {
      const world = new World(each, broken);
      let runs = 0;
      while (await world.run()) expect(++runs).toBeLessThan(200);
      const { done, failed } = world.ended ?? BEGINNING;
      // One whose page was tried again after it was refused is refused again, or has been done meanwhile.
      expect(done + failed).toBe(each.length);
      expect([...world.acted.keys()].length).toBe(each.length);
      const failures = [...world.told.values()].flatMap((place) =>
        place.failures.map(({ job_id }) => job_id),
      );
      expect(failures.length).toBe(failed);
      expect(new Set(failures).size).toBe(failed);
    }),
    { numRuns: 300 },
  );
});

it('where nothing breaks, what can’t be done now is tried again until it is done, eight times at most', async () => {
  await fc.assert(
    fc.asyncProperty(fates, async (each) => {
      const world = new World(each, []);
      while (await world.run());
      expect(world.ended?.done).toBe(each.filter((one) => one.at(-1) === 'done').length);
      expect(Math.max(0, ...world.acted.values())).toBeLessThanOrEqual(8);
    }),
    { numRuns: 100 },
  );
});

it('stops where its job is cancelled, within a page, and says so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 3 }), faults, async (runs, broken) => {
      const world = new World(Array(200).fill(['done']), broken);
      for (let n = 0; n < runs; n++) await world.run();
      world.cancelled = true;
      const before = world.acted.size;
      while (await world.run());
      expect(world.acted.size).toBeLessThanOrEqual(before + 50);
      expect(world.acknowledged).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it.each([
  ['has ended otherwise', 'failed', 'job_terminal', 0],
  ['knows its key by another request', 'failed', 'idempotency_conflict', 0],
  ['is gone by then', 'failed', 'job_not_found', 60],
  ['can’t be asked', 'again', 'unavailable', 60],
  ['is asked too often', 'again', 'overloaded', 60],
] as const)(
  'of a parent that %s as many children have their turn as should',
  async (_, outcome, code, children) => {
    const [spec, acted] = [{ parent: 'parent' } as BulkSpec, new Set<string>()];
    let place = BEGINNING;
    const verbs = {
      tell: async () => 'under way',
      page: async (_organization, _spec, { next }, limit) => {
        if (next === null) return { page: ['parent'], next: 0, last: false };
        const page = Array.from({ length: 60 }, (_child, n) => `${n}`).slice(
          Number(next),
          Number(next) + limit,
        );
        return { page, next: Number(next) + page.length, last: Number(next) + page.length === 60 };
      },
      act: async (_organization, _spec, jobId) => {
        if (jobId === 'parent') return { outcome, code, message: jobId };
        acted.add(jobId);
        return { outcome: 'done' };
      },
    } as Pick<BulkVerbs, 'tell' | 'page' | 'act'> as BulkVerbs;
    const keep = (next: BulkPlace) => {
      place = next;
    };
    while (await advanceBulk(spec, place, { verbs, organization: 'acme', keep }));
    expect([acted.size, place.done, place.failed]).toEqual([children, children, 1]);
  },
);
