import type { Status } from '../../domain/job/job';
import type { Usual } from '../../domain/job/samples';
import type { StatsPart } from '../../domain/job/stats';
import type { Summary } from '../../domain/job/summary';
import type { Tables } from '../kit/tables';
import type { ListedJob, StatsFilter } from './contract';
import { JobCounts } from './job-counts';
import { JobHistory } from './job-history';
import { StatsReader } from './stats-reader';

/** What a shard counts of its jobs, and what it knows of how they end. The caller sets the transaction. */
export class ShardStats {
  readonly #counts: JobCounts;
  readonly #history: JobHistory;
  readonly #reader: StatsReader;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#counts = new JobCounts(sql, tables);
    this.#history = new JobHistory(sql, this.#counts);
    this.#reader = new StatsReader(sql, this.#counts, this.#history);
  }

  /** `complete` is whether all summaries stand where they are counted. */
  part(filter: StatsFilter, complete: boolean, now: number): StatsPart {
    return this.#reader.part(filter, complete, now);
  }

  /** Jobs of a list, with what those of their types before them say of them. */
  paced(jobs: readonly ListedJob[], now: number): ListedJob[] {
    return this.#reader.paced(jobs, now);
  }

  /** How long jobs of a type take; null where too few have ended. */
  usual(jobType: string): Usual | null {
    return this.#history.usual(jobType);
  }

  /** A job went on from a status, null for one that was not known. */
  moved(before: Status | null, summary: Summary): void {
    this.#history.moved(before, summary);
  }

  /** Writes what has ended in this transaction, at its end. */
  write(now: number): void {
    this.#history.write(now);
  }

  /** Whether there are summaries that are not counted yet. */
  get isBehind(): boolean {
    return this.#counts.isBehind;
  }

  /** Counts some of those. */
  count(): void {
    this.#counts.count();
  }

  /** Has all counted anew where the counts are seen not to be those of the list. */
  check(): void {
    if (!this.#counts.isBehind && this.#counts.areRight === false) this.#counts.recount();
  }

  /** The same where they are not seen to be those. */
  verify(): void {
    if (!this.#counts.isBehind && this.#counts.areRight !== true) this.#counts.recount();
  }

  /** Clears what it keeps in memory, once a transaction was rolled back. */
  forget(): void {
    this.#counts.forget();
    this.#history.forget();
  }
}
