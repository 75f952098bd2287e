const FIRST = 8;
const MOST = 256;

/**
 * Rows in order, read piece by piece, each piece whole: `read` answers at most `limit` rows behind `last`. A cursor that
 * is given up before its end stays open until its memory is collected, and while one is open no table can be dropped.
 */
export function* inPieces<Row>(read: (last: Row | null, limit: number) => Row[]): Generator<Row> {
  let last: Row | null = null;
  for (let limit = FIRST; ; limit = Math.min(2 * limit, MOST)) {
    const rows = read(last, limit);
    yield* rows;
    if (rows.length < limit) return;
    last = rows[rows.length - 1] as Row;
  }
}
