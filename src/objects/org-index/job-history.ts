import { DAY, HOUR } from '../../domain/base/time';
import type { Status } from '../../domain/job/job';
import {
  isOutcome,
  lastOf,
  OUTCOMES,
  packSamples,
  roundSample,
  SAMPLES,
  type Sample,
  type Usual,
  unpackSamples,
  usualOf,
} from '../../domain/job/samples';
import { SHARED } from '../../domain/job/stats';
import type { Summary } from '../../domain/job/summary';
import type { JobCounts } from './job-counts';

/** How many jobs ended in an hour since 1970, in the order of `OUTCOMES`. */
export type Hours = Map<number, number[]>;

/** What is known of the ends of one kind of jobs: the last of them, and all by the hour. */
export interface History {
  samples: Sample[];
  hours: Hours;
}

interface Row extends Record<string, SqlStorageValue> {
  id: number;
  hours: string;
  samples: ArrayBuffer;
}

const DAYS_OF_KIND = 65_536;
/** Days whose hours are kept, the newest that something ended on. */
const DAYS = 15;
/** Kinds whose last ends are kept in memory. */
const REMEMBERED = 64;

/**
 * How the jobs of each kind have ended: what ends in one commit is a row for each kind. The caller sets the transaction,
 * and writes at its end what was noted in it.
 */
export class JobHistory {
  readonly #sql: SqlStorage;
  readonly #counts: JobCounts;
  readonly #noted: Summary[] = [];
  /** Of kinds that were asked for by type, as many as are remembered. */
  readonly #samples = new Map<number, Sample[]>();

  constructor(sql: SqlStorage, counts: JobCounts) {
    this.#sql = sql;
    this.#counts = counts;
  }

  /** A job went on from a status, null for one that was not known: whether it has ended with this is noted. */
  moved(before: Status | null, summary: Summary): void {
    if (isOutcome(summary.status) && (before === null || !isOutcome(before))) this.#noted.push(summary);
  }

  /** Writes what was noted, at `now` (ms). */
  write(now: number): void {
    const ended = Map.groupBy(this.#noted.splice(0), ({ job_type, category, completed_at }) => {
      const kind = this.#counts.numberOf(job_type, category);
      return kind === null ? null : idOf(kind, completed_at ?? 0);
    });
    for (const [id, jobs] of ended) if (id !== null) this.#add(id, jobs.map(sampleOf), now);
  }

  /** Clears what it keeps in memory, once a transaction was rolled back. */
  forget(): void {
    this.#noted.length = 0;
    this.#samples.clear();
  }

  /** How long jobs of a type take, as far as enough of them have ended; null for those that share their numbers. */
  usual(jobType: string): Usual | null {
    if (jobType === SHARED) return null;
    const kinds = this.#counts.numbersOf(jobType);
    return usualOf(lastOf(kinds.map((kind) => this.#samplesOf(kind))));
  }

  of(kind: number): History {
    const rows = this.#rows(kind);
    const hours: Hours = new Map();
    for (const row of rows) {
      for (const [hour, counts] of JSON.parse(row.hours) as [number, number[]][]) hours.set(hour, counts);
    }
    return { samples: lastOfRows(rows), hours };
  }

  #samplesOf(kind: number): Sample[] {
    const known = this.#samples.get(kind);
    if (known !== undefined) return known;
    const samples = lastOfRows(this.#rows(kind));
    this.#remember(kind, samples);
    return samples;
  }

  #remember(kind: number, samples: Sample[]): void {
    const [oldest] = this.#samples.keys();
    if (this.#samples.size >= REMEMBERED && oldest !== undefined) this.#samples.delete(oldest);
    this.#samples.set(kind, samples);
  }

  #rows(kind: number): Row[] {
    const first = kind * DAYS_OF_KIND;
    const query = 'SELECT id, hours, samples FROM job_history WHERE id >= ? AND id < ? ORDER BY id';
    return this.#sql.exec<Row>(query, first, first + DAYS_OF_KIND).toArray();
  }

  /** Adds ends of one kind on one day. */
  #add(id: number, ended: readonly Sample[], now: number): void {
    const [row] = this.#sql
      .exec<Row>('SELECT id, hours, samples FROM job_history WHERE id = ?', id)
      .toArray();
    const hours = new Map(JSON.parse(row?.hours ?? '[]') as [number, number[]][]);
    for (const { at, outcome } of ended) {
      const hour = Math.floor(at / HOUR);
      const counts = hours.get(hour) ?? OUTCOMES.map(() => 0);
      const place = OUTCOMES.indexOf(outcome);
      counts[place] = (counts[place] ?? 0) + 1;
      hours.set(hour, counts);
    }
    const samples = [...(row === undefined ? [] : unpackSamples(row.samples)), ...ended];
    this.#put(id, hours, samples.slice(-SAMPLES));
    const kind = Math.floor(id / DAYS_OF_KIND);
    this.#learn(kind, id, ended);
    if (row === undefined) this.#gather(kind, now);
  }

  /** Ends of the newest day follow those that are in memory; others are read anew, in their order. */
  #learn(kind: number, id: number, ended: readonly Sample[]): void {
    const known = this.#samples.get(kind);
    this.#samples.delete(kind);
    const query = 'SELECT 1 FROM job_history WHERE id > ? AND id < ? LIMIT 1';
    const isNewest = this.#sql.exec(query, id, (kind + 1) * DAYS_OF_KIND).toArray().length === 0;
    if (known !== undefined && isNewest) this.#samples.set(kind, [...known, ...ended].slice(-SAMPLES));
  }

  #put(id: number, hours: Hours, samples: readonly Sample[]): void {
    this.#sql.exec(
      `INSERT INTO job_history (id, hours, samples) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET hours = excluded.hours, samples = excluded.samples`,
      ...[id, JSON.stringify([...hours]), packSamples(samples)],
    );
  }

  /**
   * Days of before those whose hours are kept become one row, with as many of the last ends as are lacking in the others.
   * One that is yet to come, by a clock that was ahead, takes the place of none.
   */
  #gather(kind: number, now: number): void {
    const first = kind * DAYS_OF_KIND;
    const rows = this.#rows(kind);
    const old = rows.filter(({ id }) => id <= idOf(kind, now)).slice(0, -DAYS);
    if (!old.some(({ id }) => id > first)) return;
    const kept = rows
      .filter((row) => !old.includes(row))
      .flatMap(({ samples }) => unpackSamples(samples)).length;
    const samples = old.flatMap((row) => unpackSamples(row.samples));
    for (const { id } of old) if (id > first) this.#sql.exec('DELETE FROM job_history WHERE id = ?', id);
    this.#put(first, new Map(), kept >= SAMPLES ? [] : samples.slice(kept - SAMPLES));
  }
}

function lastOfRows(rows: readonly Row[]): Sample[] {
  let last: Sample[] = [];
  for (const { samples } of rows.toReversed()) {
    if (last.length < SAMPLES) last = [...unpackSamples(samples), ...last];
  }
  return last.slice(-SAMPLES);
}

function idOf(kind: number, at: number): number {
  return kind * DAYS_OF_KIND + Math.floor(at / DAY);
}

/** As it is read again. */
function sampleOf({ status, completed_at, duration_seconds }: Summary): Sample {
  const outcome = isOutcome(status) ? status : 'failed';
  return roundSample({ at: completed_at ?? 0, outcome, seconds: duration_seconds });
}
