import { byteLength, type Json } from '../domain/base/json';

/** A page stays below this as JSON, whatever stands in its rows. */
export const PAGE_BYTES = 524_288;

/** One page of a list. */
export interface Page<Row> {
  items: Row[];
  /** Null on the last page. */
  next_cursor: string | null;
}

/** What a page is asked with. `position` is what the cursor held; `scope` is what the next one is bound to. */
export interface PageAsk {
  scope: string;
  position: Json | null;
  limit: number;
}

/** The scope of a cursor: one list of one organization. */
export function cursorScope(organization: string, list: string): string {
  return `${organization}\0${list}`;
}

/** A page of at most `limit` rows, fewer once they pass `most` bytes as JSON, with a cursor where more were found. */
export async function toPage<Row>(
  found: Row[],
  limit: number,
  seal: (last: Row, count: number) => Promise<string>,
  most = PAGE_BYTES,
): Promise<Page<Row>> {
  let bytes = 0;
  const past = found.findIndex((row, index) => {
    bytes += byteLength(JSON.stringify(row));
    return index === limit || (bytes > most && index > 0);
  });
  const items = past === -1 ? found : found.slice(0, past);
  const last = items.at(-1);
  return { items, next_cursor: past !== -1 && last !== undefined ? await seal(last, items.length) : null };
}
