import { changeAbout } from '../../domain/feed/last-change';
import type { ListFilter } from '../../domain/job/list-filter';
import { BLANK, type Summary } from '../../domain/job/summary';
import type { Tables } from '../kit/tables';
import type { ListAsk, ListedJob, ListPart, ListPosition } from './contract';
import { OldSummaries } from './old-summaries';
import { type ListPlace, PlaceReader } from './place-reader';
import { COLUMNS, type SummaryRow, summaryOf } from './summary-row';

/** Rows that are read for one part at most, where nobody says. */
const ROWS = 10_000;

type Row = SummaryRow & { n: number; changed_at: number };

/** SQL of the list: summaries, newest first, read as far as there is room for them. */
export class SummaryList {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  readonly #old: OldSummaries;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
    this.#old = new OldSummaries(sql, tables);
  }

  /** From behind `before`: at most `limit` jobs, fewer once they pass `bytes` as JSON or about so many rows were read. */
  part(
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
    bytes: number,
    { order = 'created_at', rows = ROWS }: ListAsk = {},
  ): ListPart {
    const jobs: ListedJob[] = [];
    if (!this.#tables.has('summary')) return { jobs, through: null, order };
    // Of summaries in another form no index says when they changed.
    if (order !== 'created_at' && this.#old.table !== null) {
      return { jobs, through: null, order: 'created_at' };
    }
    // The jobs that are shown are read again, by their numbers.
    const left = rows - 3 * limit;
    const { places, through } = new PlaceReader(this.#sql, this.#old, filter, order, left).read(
      before,
      limit,
    );
    const found = this.#rowsOf(places);
    let size = 0;
    for (const [index, place] of places.entries()) {
      const { job, length } = jobAt(place, found);
      jobs.push(job);
      size += length;
      if (size > bytes && index < places.length - 1) {
        return { jobs, through: { created_at: place.created_at, job_id: place.job_id }, order };
      }
    }
    return { jobs, through, order };
  }

  /** All that there are up to `limit`, for a Worker of an older build. */
  whole(filter: ListFilter, before: ListPosition | null, limit: number): Summary[] {
    const jobs: Summary[] = [];
    for (let place = before; jobs.length < limit; ) {
      const part = this.part(filter, place, limit - jobs.length, Number.POSITIVE_INFINITY);
      jobs.push(...part.jobs);
      if (part.through === null) break;
      place = part.through;
    }
    return jobs;
  }

  #rowsOf(places: readonly ListPlace[]): Map<number, Row> {
    const numbers = places.flatMap(({ n }) => n ?? []);
    if (numbers.length === 0) return new Map();
    const rows = this.#sql.exec<Row>(
      `SELECT n, ${COLUMNS.join(', ')}, coalesce(completed_at, updated_at) AS changed_at, body
        FROM json_each(?) AS wanted CROSS JOIN summary ON n = wanted.value`,
      JSON.stringify(numbers),
    );
    return new Map(rows.toArray().map((row) => [row.n, row]));
  }
}

/** Characters that the names of the fields and what has a column of its own come to, about. */
const NAMES = JSON.stringify(BLANK).length;

/** A job, and about how long it is as JSON. */
function jobAt(
  { n, summary }: ListPlace,
  found: ReadonlyMap<number, Row>,
): { job: ListedJob; length: number } {
  const row = found.get(n ?? 0);
  if (row?.body.startsWith('[')) {
    const length = NAMES + row.body.length + String(row.tags).length;
    return { job: { ...summaryOf(row), updated_at: row.changed_at }, length };
  }
  // In another form it may be longer than what is shown of it.
  const shown = row === undefined ? summary : summaryOf(row);
  if (!shown) throw new Error('a job of the list has no row');
  const job = { ...shown, updated_at: row?.changed_at ?? changeAbout(shown) };
  return { job, length: JSON.stringify(job).length };
}
