import { CATEGORIES, HEALTHS } from '../../domain/job/job';
import { isSlow, lastOf, OUTCOMES, packSamples, type Usual, usualOf } from '../../domain/job/samples';
import { SHARED, type StatsPart, sumOf } from '../../domain/job/stats';
import type { ListedJob, StatsFilter } from './contract';
import type { JobCounts, Kind } from './job-counts';
import type { JobHistory } from './job-history';
import { fieldOf } from './summary-row';

/** Jobs in progress that are looked at for slow ones: of one category and health after the other, those first that were made first. */
const LOOKED_AT = 2_000;
const STARTED = `SELECT job_type, ${fieldOf('started_at')} AS started_at FROM summary
  WHERE status = 'in_progress' AND health = ? AND category = ? AND created_at < ? ORDER BY created_at LIMIT ?`;

/** Reads what a shard says of its jobs as a whole, and of one that is shown in a list by what was before it. */
export class StatsReader {
  readonly #sql: SqlStorage;
  readonly #counts: JobCounts;
  readonly #history: JobHistory;

  constructor(sql: SqlStorage, counts: JobCounts, history: JobHistory) {
    this.#sql = sql;
    this.#counts = counts;
    this.#history = history;
  }

  /** `complete` is whether all summaries stand where they are counted. */
  part(filter: StatsFilter, complete: boolean, now: number): StatsPart {
    const kinds = this.#counts.kinds(filter);
    const isShared = filter.job_types?.some((type) => this.#counts.isShared(type)) ?? false;
    const isComplete = complete && !this.#counts.isBehind && !isShared;
    const ends = filter.without_ends ? NO_ENDS : this.#ends(kinds);
    const slow = this.#slow(ends.usual, filter, now);
    const types = [...Map.groupBy(kinds, ({ job_type }) => job_type)].map(([job_type, all]) => ({
      job_type,
      since: Math.min(...all.map(({ since }) => since)),
      by_category: all.map(({ category, counts }) => [category, counts] as const),
      slow: slow.found.get(job_type) ?? 0,
      samples: ends.samples.get(job_type) ?? packSamples([]),
    }));
    return { complete: isComplete, slow_complete: slow.complete, types, hours: ends.hours };
  }

  /** Jobs of a list, and what those of their types before them say of them. */
  paced(jobs: readonly ListedJob[], now: number): ListedJob[] {
    const known = new Map<string, Usual | null>();
    return jobs.map((job) => {
      const { status, job_type, started_at } = job;
      if (status !== 'in_progress') return { ...job, slow: false, expected_at: null };
      const usual = known.has(job_type) ? (known.get(job_type) ?? null) : this.#history.usual(job_type);
      known.set(job_type, usual);
      const ends = usual === null || started_at === null ? null : started_at + usual.typical * 1_000;
      return { ...job, slow: isSlow(usual, started_at, now), expected_at: ends && Math.round(ends) };
    });
  }

  /** How the jobs of some kinds have ended. Of one type after the other, for they may be millions of bytes. */
  #ends(kinds: readonly Kind[]): Ends {
    const [samples, usual] = [new Map<string, ArrayBuffer>(), new Map<string, Usual>()];
    const hours: (readonly [number, readonly number[]])[] = [];
    for (const [job_type, all] of Map.groupBy(kinds, (kind) => kind.job_type)) {
      const known = all.map(({ n }) => this.#history.of(n));
      const last = lastOf(known.map((history) => history.samples));
      const took = job_type === SHARED ? null : usualOf(last);
      samples.set(job_type, packSamples(last));
      if (took !== null) usual.set(job_type, took);
      hours.push(...known.flatMap((history) => [...history.hours]));
    }
    return { samples, usual, hours: byHour(hours) };
  }

  /** Of each type the jobs that are slow. */
  #slow(usual: ReadonlyMap<string, Usual>, { category }: StatsFilter, now: number) {
    const found = new Map<string, number>();
    let left = LOOKED_AT;
    const shortest = Math.min(...[...usual.values()].map(({ long }) => long));
    if (shortest === Number.POSITIVE_INFINITY) return { found, complete: true };
    for (const of of category === undefined ? CATEGORIES : [category]) {
      for (const health of HEALTHS) {
        const rows = this.#sql
          .exec<{ job_type: string; started_at: number | null }>(
            ...([STARTED, health, of, now - 3_000 * shortest, left] as const),
          )
          .toArray();
        left -= rows.length;
        for (const { job_type, started_at } of rows) {
          if (isSlow(usual.get(job_type) ?? null, started_at, now))
            found.set(job_type, (found.get(job_type) ?? 0) + 1);
        }
        if (left === 0) return { found, complete: false };
      }
    }
    return { found, complete: true };
  }
}

/** How jobs have ended: of each type the last of them, packed, and how long they took; of all how many in each hour. */
interface Ends {
  samples: ReadonlyMap<string, ArrayBuffer>;
  usual: ReadonlyMap<string, Usual>;
  hours: StatsPart['hours'];
}

const NO_ENDS: Ends = { samples: new Map(), usual: new Map(), hours: [] };

function byHour(all: StatsPart['hours']): StatsPart['hours'] {
  const none = OUTCOMES.map(() => 0);
  return [...Map.groupBy(all, ([hour]) => hour)].map(([hour, ended]) => {
    const counts = ended.map(([, of]) => of);
    return [hour, sumOf(counts, none)] as const;
  });
}
