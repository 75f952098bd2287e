import type { PageBounds } from './contract';
import type { KindRow } from './entry-lines';

/**
 * A page, the place that the next one goes on from (null where nothing is behind it), and how many entries between the
 * place it was asked for and its first are no longer kept, whether a filter wants them or not.
 */
export interface EntryPage<Row, Place> {
  rows: Row[];
  next: Place | null;
  dropped: number;
}

/** How a page reads rows: what each is to it, null where it is not wanted, how large, and the place behind it. */
export interface RowReading<Row, Place> {
  read(row: KindRow): Row | null;
  size(row: Row): number;
  place(row: KindRow): Place;
}

/**
 * Reads rows until a page is full: by their number, by their bytes, by how many were looked at. A page has one row at
 * least, if any is wanted, but for the last bound: then it may be empty, and the next goes on behind what was looked at.
 */
export function fillPage<Row, Place>(
  source: Iterable<KindRow>,
  bounds: PageBounds,
  { read, size, place }: RowReading<Row, Place>,
): Omit<EntryPage<Row, Place>, 'dropped'> {
  const rows: Row[] = [];
  let [bytes, seen] = [0, 0];
  let last: Place | null = null;
  let passed: Place | null = null;
  for (const found of source) {
    if (seen === bounds.scan) return { rows, next: passed };
    seen += 1;
    const row = read(found);
    if (row !== null) {
      bytes += size(row);
      if (rows.length === bounds.rows || (bytes > bounds.bytes && rows.length > 0))
        return { rows, next: last };
      rows.push(row);
    }
    passed = place(found);
    if (row !== null) last = passed;
  }
  return { rows, next: null };
}

/** Rows as they are; `tell` hears how many of those behind the `after`th, of `total`, are not among them. */
export function* counting(
  rows: Iterable<KindRow>,
  after: number,
  total: number,
  tell: (dropped: number) => void,
): Generator<KindRow> {
  let first: number | null = null;
  for (const row of rows) {
    if (first === null) tell(Math.max(row.row.n - after - 1, 0));
    first ??= row.row.n;
    yield row;
  }
  if (first === null) tell(Math.max(total - after, 0));
}
