import type { ListFilter, ListOrder } from '../../domain/job/list-filter';
import type { ListPosition } from './contract';
import { stretchOf, type Walk, type Way } from './summary-walks';

/** Rows of a way that are looked at, to tell how dense it is: at least so many of each of its walks. */
const LOOKED_AT = 256;
const OF_EACH = 16;
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
 * What a walk has is counted in its index alone.
 */
export function shortestOf(
  sql: SqlStorage,
  ways: readonly Way[],
  order: ListOrder,
  filter: ListFilter,
  before: ListPosition | null,
): Chosen {
  const [only] = ways;
  if (only !== undefined && ways.length === 1) return { way: only, walks: only.walks, rows: 0 };
  const looked = ways.map((way) => {
    return way.order === order ? looksAt(sql, way, order, filter, before) : countOf(sql, way, filter);
  });
  const newest = Math.max(...looked.map((look) => look.newest));
  const span = Math.max(newest - (filter.created_after ?? 0), 1);
  const shortest = looked
    .map((look) => ({ ...look, rate: look.rate(newest, span) }))
    .reduce((least, next) => (next.rate < least.rate ? next : least));
  const rows = looked.reduce((sum, { found }) => sum + found, 0);
  return { way: shortest.way, walks: shortest.walks, rows };
}

/** What was seen of a way. `rate` are its rows for each ms, where the list goes back from `newest` over `span` ms. */
interface Seen {
  way: Way;
  walks: Walk[];
  found: number;
  newest: number;
  rate: (newest: number, span: number) => number;
}

/** A few rows of each walk of a way in the list's order. */
function looksAt(
  sql: SqlStorage,
  way: Way,
  order: ListOrder,
  filter: ListFilter,
  before: ListPosition | null,
): Seen {
  const most = Math.max(OF_EACH, Math.floor(LOOKED_AT / way.walks.length));
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

/** The length of a way in another order, as far as that is worth knowing. */
function countOf(sql: SqlStorage, way: Way, filter: ListFilter): Seen {
  let found = 0;
  for (const walk of way.walks) {
    const { where, values } = stretchOf(walk, filter, way.order, null);
    const query = `SELECT count(*) AS found FROM (SELECT 1 FROM ${walk.index} WHERE ${where} LIMIT ?)`;
    found += Number(sql.exec(query, ...values, SORTED + 1 - found).one().found);
    if (found > SORTED) break;
  }
  const rate = (_: number, span: number) => (found > SORTED ? Number.POSITIVE_INFINITY : found / span);
  return { way, walks: [...way.walks], found, newest: 0, rate };
}
