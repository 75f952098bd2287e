import { listed } from '../../domain/job/listed';
import type { Summary } from '../../domain/job/summary';
import { inPieces } from '../kit/in-pieces';
import type { Tables } from '../kit/tables';
import type { ListFilter, ListPart, ListPosition } from './contract';
import { typesOf, type Walk, walksFor } from './summary-walks';

/** Rows that one part looks at, at most: what the filter passes over costs a read too. */
const SCAN = 5_000;
/** Rows of each of several walks that are counted at most, to take the shortest. */
const COUNTED = 128;

/** A job in the order of a list; `body` is null where the filter passes it over. */
interface Row extends Record<string, SqlStorageValue> {
  created_at: number;
  job_id: string;
  body: string | null;
}

/** SQL of the list: summaries, newest first, read as far as there is room for them. */
export class SummaryList {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** From behind `before`: at most `limit` jobs, fewer once they pass `bytes` as JSON or the filter passed many over. */
  part(filter: ListFilter, before: ListPosition | null, limit: number, bytes: number): ListPart {
    const jobs: Summary[] = [];
    if (!this.#tables.has('summary')) return { jobs, through: null };
    let [looked, size] = [0, 0];
    for (const { created_at, job_id, body } of this.#rows(filter, before)) {
      looked += 1;
      if (body !== null) {
        // A row of an older build may be longer than what is shown of it: its part ends a little sooner.
        size += body.length;
        jobs.push(listed(JSON.parse(body) as Summary));
      }
      if (jobs.length >= limit || size > bytes || looked >= SCAN)
        return { jobs, through: { created_at, job_id } };
    }
    return { jobs, through: null };
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

  /** Each value of a walk is in order by its index; all rows together are by the key. */
  #rows(filter: ListFilter, before: ListPosition | null): Iterable<Row> {
    const walk = this.#shortest(walksFor(filter, this.#tables.has('summary_tag')));
    const inOrder = (value: string | null) =>
      inPieces<Row>((last, limit) => this.#piece(walk, value, filter, last ?? before, limit));
    return newestFirst(walk.values.map(inOrder));
  }

  /** The walk that passes over least, as far as a few rows of each tell; the first where all are long. */
  #shortest(walks: readonly Walk[]): Walk {
    const [only] = walks;
    if (only !== undefined && walks.length === 1) return only;
    const lengths = walks.map((walk) => ({ walk, length: this.#lengthOf(walk) }));
    return lengths.reduce((least, next) => (next.length < least.length ? next : least)).walk;
  }

  #lengthOf({ table, column, values }: Walk): number {
    const query = `SELECT count(*) AS found FROM (SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT ?)`;
    let length = 0;
    for (const value of values) {
      if (length >= COUNTED) break;
      length += Number(this.#sql.exec(query, value, COUNTED - length).one().found);
    }
    return length;
  }

  #piece(
    walk: Walk,
    walked: string | null,
    filter: ListFilter,
    before: ListPosition | null,
    limit: number,
  ): Row[] {
    const values: SqlStorageValue[] = [];
    const bound = (value: SqlStorageValue) => `?${values.push(value)}`;
    const oneOf = (column: string, wanted: readonly string[] | undefined) =>
      wanted === undefined || walk.column === column
        ? []
        : [`${column} IN (SELECT value FROM json_each(${bound(JSON.stringify(wanted))}))`];
    const tags = filter.tag?.filter((tag) => walk.column !== 'tag' || tag !== walked) ?? [];
    const wanted = [
      ...oneOf('status', filter.status),
      ...oneOf('job_type', typesOf(filter)),
      ...equal('category', filter.category, bound),
      ...equal('triggered_by', filter.triggered_by, bound),
      ...tags.map((tag) => `EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ${bound(tag)})`),
    ];
    const range = [
      ...(before === null
        ? []
        : [`(created_at, job_id) < (${bound(before.created_at)}, ${bound(before.job_id)})`]),
      ...(filter.created_after === undefined ? [] : [`created_at >= ${bound(filter.created_after)}`]),
      ...(filter.created_before === undefined ? [] : [`created_at < ${bound(filter.created_before)}`]),
      ...(walk.column === null ? [] : [`${walk.column} = ${bound(walked)}`]),
    ];
    const body = wanted.length === 0 ? 'body' : `CASE WHEN ${wanted.join(' AND ')} THEN body END AS body`;
    const where = range.length === 0 ? '' : `WHERE ${range.join(' AND ')}`;
    const query = `SELECT created_at, job_id, ${body} FROM ${walk.from} ${where} ORDER BY created_at DESC, job_id DESC LIMIT ${bound(limit)}`;
    return this.#sql.exec<Row>(query, ...values).toArray();
  }
}

function equal(
  column: string,
  value: SqlStorageValue | undefined,
  bound: (value: SqlStorageValue) => string,
): string[] {
  return value === undefined ? [] : [`${column} = ${bound(value)}`];
}

/** One order out of several, each in order by itself, read as far as it is taken. */
function* newestFirst(sources: Iterator<Row, undefined>[]): Generator<Row> {
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    const [newest] = heads.filter((head) => head !== undefined).sort(byAge);
    if (newest === undefined) return;
    yield newest;
    const index = heads.indexOf(newest);
    heads[index] = sources[index]?.next().value;
  }
}

function byAge(a: Row, b: Row): number {
  return b.created_at - a.created_at || (a.job_id < b.job_id ? 1 : -1);
}
