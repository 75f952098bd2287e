import type { ListFilter, ListOrder } from '../../domain/job/list-filter';
import type { ListPosition } from './contract';
import { stretchOf, type Walk, type Way } from './summary-walks';

/** Rows of a way that are looked at, to tell how dense it is: at least so many of each of its walks, and where few may be read so few. */
const LOOKED_AT = 256;
const OF_EACH = 16;
const AT_LEAST = 2;
/** A way in no order, or in another, has to be read whole and sorted: it is taken where it has no more rows. */
const SORTED = 1_000;

/** A way with those of its walks that have rows, and how many were read to choose it. */
export interface Chosen {
  way: Way;
  walks: readonly Walk[];
  rows: number;
}

interface Look extends Record<string, SqlStorageValue> {
  found: number;
  newest: number | null;
  oldest: number | null;
}

/**
 * The way that passes over least from `before` on: one that is soon at its end, or gets furthest back in so many rows.
 * What a walk has is counted in its index alone. Of the `rows` that may be read a part goes into this: a quarter is looked
 * at, and a way that is sorted is counted first, and has half at most.
 */
export function shortestOf(
  sql: SqlStorage,
  ways: readonly Way[],
  order: ListOrder,
  filter: ListFilter,
  before: ListPosition | null,
  rows: number,
): Chosen {
  const [only] = ways;
  if (only !== undefined && ways.length === 1) return { way: only, walks: only.walks, rows: 0 };
  const each = Math.floor(rows / ways.length);
  const looked = ways.map((way) => {
    if (way.order !== order) return countOf(sql, way, filter, Math.min(SORTED, Math.floor(each / 2)));
    return looksAt(sql, way, order, filter, before, each / 4);
  });
  const newest = Math.max(...looked.map((look) => look.newest));
  const span = Math.max(newest - (filter.created_after ?? 0), 1);
  const shortest = looked
    .map((look) => ({ ...look, rate: look.rate(newest, span) }))
    .reduce((least, next) => (next.rate < least.rate ? next : least));
  const read = looked.reduce((sum, { found }) => sum + found, 0);
  return { way: shortest.way, walks: shortest.walks, rows: read };
}

/** What was seen of a way. `rate` are its rows for each ms, where the list goes back from `newest` over `span` ms. */
interface Seen {
  way: Way;
  walks: Walk[];
  found: number;
  newest: number;
  rate: (newest: number, span: number) => number;
}

/** A few rows of each walk of a way in the list's order, `rows` of all of them. */
function looksAt(
  sql: SqlStorage,
  way: Way,
  order: ListOrder,
  filter: ListFilter,
  before: ListPosition | null,
  rows: number,
): Seen {
  const ofEach = (all: number) => Math.floor(all / way.walks.length);
  const most = Math.max(Math.min(Math.max(ofEach(LOOKED_AT), OF_EACH), ofEach(rows)), AT_LEAST);
  const looks = way.walks.map((walk) => {
    const { where, values } = stretchOf(walk, filter, order, before);
    const query = `SELECT count(*) AS found, max(time) AS newest, min(time) AS oldest FROM
      (SELECT ${walk.time} AS time FROM ${walk.index} WHERE ${where} ORDER BY ${walk.time} DESC LIMIT ?)`;
    return { walk, ...sql.exec<Look>(query, ...values, most).one() };
  });
  const some = looks.filter(({ found }) => found > 0);
  return {
    way,
    walks: some.map(({ walk }) => walk),
    found: some.reduce((sum, { found }) => sum + found, 0),
    newest: Math.max(...some.map((look) => look.newest ?? 0)),
    rate: (newest, span) =>
      some.reduce((sum, { found, oldest }) => {
        return sum + found / (found < most ? span : Math.max(newest - (oldest ?? 0), 1));
      }, 0),
  };
}

/** The length of a way in another order, as far as that is worth knowing: it is sorted where it has `most` rows at most. */
function countOf(sql: SqlStorage, way: Way, filter: ListFilter, most: number): Seen {
  let found = 0;
  for (const walk of way.walks) {
    const { where, values } = stretchOf(walk, filter, way.order, null);
    const query = `SELECT count(*) AS found FROM (SELECT 1 FROM ${walk.index} WHERE ${where} LIMIT ?)`;
    found += Number(sql.exec(query, ...values, most + 1 - found).one().found);
    if (found > most) break;
  }
  const rate = (_: number, span: number) => (found > most ? Number.POSITIVE_INFINITY : found / span);
  return { way, walks: [...way.walks], found, newest: 0, rate };
}
