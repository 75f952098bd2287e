import type { EntryKind } from '../../domain/job/draft';
import type { Job } from '../../domain/job/job';
import { oldestOf, slotOf } from './job-schema';

/** An entry’s bytes at most, and those of all that a job stores beside its entries: below both there is no need to look. */
const LARGEST_ENTRY = 65_536;
const BESIDE_ENTRIES = 33_554_432;
/** Of each kind so many of the newest are kept, however many bytes they are: a job shows them. */
const KEPT = 100;

/** Room for the entries of one change. */
export interface Room {
  /** Makes room for the `n`th of a kind, of so many bytes. */
  take(kind: EntryKind, n: number, bytes: number): void;
  /** The kinds whose oldest have given way. */
  readonly bound: Set<EntryKind>;
}

/**
 * Bounds what a job stores: from so many bytes on, an entry takes the place of the oldest of its own kind, of as many as it
 * is large. Events stay: they are small, and the index may not have them yet.
 */
export class EntryRoom {
  readonly #sql: SqlStorage;
  /** The oldest that is kept of each kind, where it is known. */
  readonly #oldest = new Map<EntryKind, number>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Room in a job, which holds `most` bytes at most. */
  of(job: Pick<Job, 'errors_total' | 'warnings_total' | 'log_entries_total'>, most: number): Room {
    const bound = new Set<EntryKind>();
    const total = job.errors_total + job.warnings_total + job.log_entries_total;
    if (total * LARGEST_ENTRY + BESIDE_ENTRIES < most) return { take() {}, bound };
    let held = this.#sql.databaseSize;
    const take = (kind: EntryKind, n: number, bytes: number) => {
      held += bytes;
      if (held <= most || kind === 'event') return;
      const freed = this.#free(kind, n, bytes);
      held -= freed;
      if (freed > 0) bound.add(kind);
    };
    return { take, bound };
  }

  /** Clears what it knows, once a transaction was rolled back. */
  forget(): void {
    this.#oldest.clear();
  }

  /** Deletes the oldest of a kind, until they were as many bytes; answers how many. */
  #free(kind: EntryKind, n: number, bytes: number): number {
    let freed = 0;
    let oldest = this.#oldestOf(kind, n);
    while (freed < bytes && n - oldest > KEPT) {
      const query =
        'DELETE FROM entry WHERE slot = ? AND n = ? RETURNING length(CAST(body AS BLOB)) AS bytes';
      const [row] = this.#sql.exec<{ bytes: number }>(query, slotOf(kind, oldest), oldest).toArray();
      freed += row?.bytes ?? 0;
      oldest += 1;
    }
    this.#oldest.set(kind, oldest);
    return freed;
  }

  /** The oldest of those before the `n`th that are kept. They are the newest without a hole, so it is looked for by halves. */
  #oldestOf(kind: EntryKind, n: number): number {
    const least = oldestOf(kind, n);
    const known = this.#oldest.get(kind);
    if (known !== undefined) return Math.max(known, least);
    let [low, high] = [least, n];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#has(kind, middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #has(kind: EntryKind, n: number): boolean {
    const query = 'SELECT 1 FROM entry WHERE slot = ? AND n = ?';
    return this.#sql.exec(query, slotOf(kind, n), n).toArray().length > 0;
  }
}
