import { HOUR } from '../base/time';
import { CATEGORIES, type Category, STATUSES, type Status } from './job';
import {
  lastOf,
  OUTCOMES,
  type Outcome,
  packSamples,
  percentile,
  SAMPLES,
  type Sample,
  secondsOf,
  type Usual,
  unpackSamples,
  usualOf,
} from './samples';

/** Types that have numbers of their own in what is answered, the first that there were; the rest share theirs. */
const TYPES_SHOWN = 100;
/** So many of them have numbers of their own in a shard, since shards meet types in different orders. */
export const TYPES_COUNTED = 200;
/** The type under which those share their numbers that have none of their own: no job has it. */
export const SHARED = '';

/** Hours of the throughput: fourteen days. */
export const HOURS = 336;

/** Jobs by status, in the order of `STATUSES`. */
export type Counts = readonly number[];

/** What a shard counts of one type. */
export interface TypePart {
  job_type: string;
  /** When the first of its jobs was made that was counted (ms). */
  since: number;
  by_category: readonly (readonly [Category, Counts])[];
  /** Jobs that take much longer than those before them. */
  slow: number;
  /** Its last ends, packed, in the order in which the shard heard of them. */
  samples: ArrayBuffer;
}

/** What a shard says of its jobs as a whole. */
export interface StatsPart {
  /** Whether all jobs of the shard are counted. */
  complete: boolean;
  /** Whether all that are in progress were looked at for slow ones. */
  slow_complete: boolean;
  types: TypePart[];
  /** The jobs that ended in an hour since 1970, in the order of `OUTCOMES`. */
  hours: (readonly [number, readonly number[]])[];
}

/** What is said of the jobs of one type, or of those that share their numbers. */
export interface TypeStats {
  job_type: string;
  counts: Counts;
  slow: number;
  /** How those ended that the shares and durations are of. */
  outcomes: readonly { outcome: Outcome; count: number; share: number }[];
  ended: number;
  /** Seconds; null where none of them was started. */
  percentiles: Readonly<Record<'p50' | 'p95' | 'p99', number | null>>;
  usual: Usual | null;
}

/** What is said of an organization's jobs as a whole. */
export interface JobStats {
  complete: boolean;
  slow_complete: boolean;
  counts: Counts;
  by_category: readonly (readonly [Category, Counts])[];
  types: readonly TypeStats[];
  shared: TypeStats;
  /** Jobs that take much longer than those before them, of all types. */
  slow: number;
  /** One for each hour of the last fourteen days, the oldest first: when it began (ms), and how many ended in it. */
  hours: readonly (readonly [number, readonly number[]])[];
}

const NO_COUNTS: Counts = STATUSES.map(() => 0);
const NO_ENDS: readonly number[] = OUTCOMES.map(() => 0);

/** The whole out of what each shard says, at `now` (ms). A type that one of them counts with others has no number of its own. */
export function mergeStats(parts: readonly StatsPart[], now: number): JobStats {
  const all = parts.flatMap(({ types }) => types);
  const named = new Set(namesOf(parts).slice(0, TYPES_SHOWN));
  const groups = Map.groupBy(all, ({ job_type }) => (named.has(job_type) ? job_type : SHARED));
  const ofCategory = CATEGORIES.map((category) => {
    const counts = all.flatMap(({ by_category }) => by_category.filter(([of]) => of === category));
    return [category, sumOf(counts.map(([, count]) => count))] as const;
  });
  return {
    complete: parts.every(({ complete }) => complete),
    slow_complete: parts.every(({ slow_complete }) => slow_complete),
    counts: sumOf(ofCategory.map(([, counts]) => counts)),
    by_category: ofCategory,
    types: [...named]
      .map((job_type) => statsOf(job_type, groups.get(job_type) ?? []))
      .filter(({ counts, ended }) => ended > 0 || totalOf(counts) > 0),
    shared: statsOf(SHARED, groups.get(SHARED) ?? []),
    slow: all.reduce((sum, { slow }) => sum + slow, 0),
    hours: hoursOf(parts, now),
  };
}

/** The same without the ends that are not among the last of their type: of many shards they are millions of bytes. */
export function withoutOlder(parts: readonly StatsPart[]): StatsPart[] {
  const types = Map.groupBy(
    parts.flatMap((part) => part.types),
    ({ job_type }) => job_type,
  );
  const since = new Map([...types].map(([job_type, all]) => [job_type, firstOfLast(all)]));
  return parts.map((part) => ({
    ...part,
    types: part.types.map((type) => {
      const samples = unpackSamples(type.samples).filter(({ at }) => at >= (since.get(type.job_type) ?? 0));
      return { ...type, samples: packSamples(samples) };
    }),
  }));
}

/** When the first of the last ends was (ms); 0 where they are all that there are. */
function firstOfLast(parts: readonly TypePart[]): number {
  const last = lastOf(parts.map(({ samples }) => unpackSamples(samples)));
  return parts.length === 1 || last.length < SAMPLES ? 0 : (last[0]?.at ?? 0);
}

export function totalOf(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The types that every shard which may have jobs of them counts alone, the first that there were first. */
function namesOf(parts: readonly StatsPart[]): string[] {
  const since = new Map<string, number>();
  for (const { job_type, since: at } of parts.flatMap(({ types }) => types)) {
    if (job_type !== SHARED) since.set(job_type, Math.min(since.get(job_type) ?? at, at));
  }
  const full = parts
    .map(({ types }) => new Set(types.map(({ job_type }) => job_type)))
    .filter((types) => types.has(SHARED));
  return [...since]
    .filter(([job_type]) => full.every((types) => types.has(job_type)))
    .sort(([a, sinceA], [b, sinceB]) => sinceA - sinceB || (a < b ? -1 : 1))
    .map(([job_type]) => job_type);
}

function statsOf(job_type: string, parts: readonly TypePart[]): TypeStats {
  const samples = lastOf(parts.map((part) => unpackSamples(part.samples)));
  const seconds = secondsOf(samples);
  return {
    job_type,
    counts: sumOf(parts.flatMap(({ by_category }) => by_category.map(([, counts]) => counts))),
    slow: parts.reduce((sum, { slow }) => sum + slow, 0),
    outcomes: OUTCOMES.map((outcome) => shareOf(outcome, samples)),
    ended: samples.length,
    percentiles: {
      p50: percentile(seconds, 0.5),
      p95: percentile(seconds, 0.95),
      p99: percentile(seconds, 0.99),
    },
    usual: usualOf(samples),
  };
}

function shareOf(outcome: Outcome, samples: readonly Sample[]) {
  const count = samples.filter((sample) => sample.outcome === outcome).length;
  return { outcome, count, share: samples.length === 0 ? 0 : count / samples.length };
}

function hoursOf(parts: readonly StatsPart[], now: number): (readonly [number, readonly number[]])[] {
  const last = Math.floor(now / HOUR);
  const ended = Map.groupBy(
    parts.flatMap(({ hours }) => hours),
    ([hour]) => hour,
  );
  return Array.from({ length: HOURS }, (_, index) => {
    const hour = last - HOURS + 1 + index;
    return [
      hour * HOUR,
      sumOf(
        (ended.get(hour) ?? []).map(([, counts]) => counts),
        NO_ENDS,
      ),
    ] as const;
  });
}

export function sumOf(all: readonly Counts[], none: Counts = NO_COUNTS): Counts {
  return none.map((zero, index) => all.reduce((sum, counts) => sum + (counts[index] ?? 0), zero));
}

/** The place of a status in `Counts`. */
export function placeOf(status: Status): number {
  return STATUSES.indexOf(status);
}
