import type { ListFilter, ListOrder } from '../../domain/job/list-filter';
import type { Summary } from '../../domain/job/summary';
import type { ListPosition } from './contract';
import type { OldSummaries } from './old-summaries';
import { isOfTag, type RowCondition } from './summary-conditions';
import { stretchOf, timeIn, type Walk, type Way, waysFor } from './summary-walks';
import { shortestOf } from './way-lengths';

/** A job in the order of a list: its row's number, or, in another form yet, its summary. Neither where the filter passes it over. */
export interface ListPlace extends ListPosition {
  n: number | null;
  summary?: Summary | null;
}

/** Places of a list that the filter lets through, and how far was looked; null where nothing is left. */
export interface PlacePart {
  places: ListPlace[];
  through: ListPosition | null;
}

type PlaceRow = Record<string, SqlStorageValue> & ListPlace;

/** Rows that a walk reads at first, at the least, and at once, at most. */
const FIRST = 4;
const MOST = 256;
/** Reading a summary in another form and looking through it is as dear as reading so many rows. */
const OLD_ROW = 5;

/** Reads the places of one part of a list, and about as many rows as it may at most. */
export class PlaceReader {
  readonly #sql: SqlStorage;
  readonly #old: OldSummaries;
  readonly #filter: ListFilter;
  readonly #order: ListOrder;
  /** Rows that it may still read. */
  #left: number;
  /** A walk was given up: what the others have from then on is not in order. */
  #spent = false;

  constructor(sql: SqlStorage, old: OldSummaries, filter: ListFilter, order: ListOrder, rows: number) {
    this.#sql = sql;
    this.#old = old;
    this.#filter = filter;
    this.#order = order;
    this.#left = rows;
  }

  /** From behind `before`, `limit` at most. */
  read(before: ListPosition | null, limit: number): PlacePart {
    const sources = [this.#oldPlaces(before), ...this.#walked(before, limit)];
    const places: ListPlace[] = [];
    let through: ListPosition | null = null;
    for (const place of newestFirst(sources)) {
      if (this.#spent) return { places, through };
      through = { created_at: place.created_at, job_id: place.job_id };
      if (place.n !== null || place.summary) places.push(place);
      if (places.length >= limit) return { places, through };
    }
    return { places, through: this.#spent ? through : null };
  }

  /** The shortest way, each of its walks in the list's order. */
  #walked(before: ListPosition | null, limit: number): Iterator<ListPlace, undefined>[] {
    if (this.#old.table === 'summary') return [];
    const [order, filter] = [this.#order, this.#filter];
    const ways = waysFor(filter, order);
    const { way, walks, rows } = shortestOf(this.#sql, ways, order, filter, before, this.#left);
    this.#left -= rows;
    return walks.map((walk) => {
      if (way.order !== this.#order) return this.#sorted(walk, way, before, limit).values();
      return this.#inOrder(walk, way, before, Math.max(FIRST, Math.ceil(limit / walks.length)));
    });
  }

  /** A walk in the list's order, read piece by piece as far as it is taken and rows may be read. */
  *#inOrder(
    walk: Walk,
    { conditions }: Way,
    before: ListPosition | null,
    first: number,
  ): Generator<ListPlace, undefined> {
    // The index, the row, its place among those of one time, and each tag that is looked up.
    const cost = 3 + conditions.filter(isOfTag).length;
    let place = before;
    for (let [size, most] = [first, first]; ; ) {
      const rows = this.#piece(walk, conditions, place, most);
      this.#left -= cost * rows.length;
      yield* rows;
      if (rows.length < most) return undefined;
      place = rows.at(-1) ?? null;
      this.#spent ||= this.#left <= 0;
      if (this.#spent) return undefined;
      size = Math.min(2 * size, MOST);
      most = Math.min(size, Math.ceil(this.#left / cost));
    }
  }

  #piece(
    walk: Walk,
    conditions: readonly RowCondition[],
    before: ListPosition | null,
    most: number,
  ): ListPlace[] {
    const fits = ['true', ...conditions.map(({ sql }) => sql)].join(' AND ');
    const { where, values } = stretchOf(walk, this.#filter, this.#order, before);
    const behind = behindOf(walk.time, before);
    const query = `SELECT ${walk.time} AS created_at, summary.job_id, CASE WHEN ${fits} THEN summary.n END AS n
      FROM ${walk.from} WHERE ${where} AND ${behind.sql} ORDER BY ${walk.time} DESC, summary.job_id DESC LIMIT ?`;
    const asked = conditions.flatMap((condition) => condition.values);
    return this.#sql.exec<PlaceRow>(query, ...asked, ...values, ...behind.values, most).toArray();
  }

  /** A short walk in another order or none: all of it is read and sorted. */
  #sorted(walk: Walk, { conditions, order }: Way, before: ListPosition | null, limit: number): ListPlace[] {
    const time = timeIn(this.#order);
    const behind = behindOf(time, before);
    const { where, values } = stretchOf(walk, this.#filter, order, null);
    const fits = [where, ...conditions.map(({ sql }) => sql), behind.sql].join(' AND ');
    const bound = [...values, ...conditions.flatMap(({ values }) => values), ...behind.values, limit];
    const query = `SELECT ${time} AS created_at, summary.job_id, summary.n
      FROM ${walk.from} WHERE ${fits} ORDER BY 1 DESC, 2 DESC LIMIT ?`;
    return this.#sql.exec<PlaceRow>(query, ...bound).toArray();
  }

  /** The jobs in another form, which are in the order of creation alone. */
  *#oldPlaces(before: ListPosition | null): Generator<ListPlace, undefined> {
    let first = true;
    for (const place of this.#old.places(this.#filter, before)) {
      this.#spent ||= !first && this.#left <= 0;
      if (this.#spent) return undefined;
      first = false;
      this.#left -= OLD_ROW;
      yield { ...place, n: null };
    }
    return undefined;
  }
}

function behindOf(time: string, before: ListPosition | null) {
  if (before === null) return { sql: 'true', values: [] };
  return { sql: `(${time}, summary.job_id) < (?, ?)`, values: [before.created_at, before.job_id] };
}

/** One order out of several, each in order by itself, read as far as it is taken. */
function* newestFirst(sources: readonly Iterator<ListPlace, undefined>[]): Generator<ListPlace> {
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    let newest = -1;
    for (const [index, head] of heads.entries()) {
      if (head !== undefined && (newest < 0 || isNewer(head, heads[newest]))) newest = index;
    }
    const place = heads[newest];
    if (place === undefined) return;
    yield place;
    heads[newest] = sources[newest]?.next().value;
  }
}

function isNewer(one: ListPlace, other: ListPlace | undefined): boolean {
  if (other === undefined) return true;
  return one.created_at === other.created_at ? one.job_id > other.job_id : one.created_at > other.created_at;
}
