import type { FeedPage, FeedRow } from './feed';

/** How far a reader has got in each shard: `shard → seq`. A shard that is absent stands at 0. */
export type FeedPosition = Readonly<Record<string, number>>;

/** What one shard answered a reader that stood at `after`. */
export interface ShardPage {
  shard: number;
  after: number;
  page: FeedPage;
}

export interface MergedPage {
  rows: FeedRow[];
  position: FeedPosition;
  /** Nothing more was there in any shard. */
  caughtUp: boolean;
}

/**
 * One page out of those of the shards: always the head whose `at` is least, so that a shard's own order holds, and with
 * it that of each job, whatever its clock did. Ends at `limit` rows, or once they pass `bytes` as JSON.
 */
export function mergePages(
  position: FeedPosition,
  pages: readonly ShardPage[],
  limit: number,
  bytes: number,
): MergedPage {
  const taken = new Map(pages.map(({ shard }) => [shard, 0]));
  const headOf = ({ shard, page }: ShardPage) => page.events[taken.get(shard) ?? 0];
  const rows: FeedRow[] = [];
  for (let size = 0; rows.length < limit && size < bytes; ) {
    const [first] = pages
      .filter((page) => headOf(page) !== undefined)
      .sort((a, b) => (headOf(a)?.at ?? 0) - (headOf(b)?.at ?? 0) || a.shard - b.shard);
    const row = first && headOf(first);
    if (first === undefined || row === undefined) break;
    rows.push(row);
    size += row.body.length;
    taken.set(first.shard, (taken.get(first.shard) ?? 0) + 1);
  }
  const reached = pages.map((page): [number, number] => {
    const left = headOf(page);
    return [page.shard, left === undefined ? page.page.through : left.seq - 1];
  });
  return {
    rows,
    position: moved(position, reached),
    caughtUp: pages.every(({ page }, index) => (reached[index]?.[1] ?? 0) >= page.head),
  };
}

/** The position with some shards further on. */
export function moved(position: FeedPosition, reached: readonly (readonly [number, number])[]): FeedPosition {
  const known = { ...position, ...Object.fromEntries(reached) };
  return Object.fromEntries(Object.entries(known).filter(([, seq]) => seq > 0));
}

/** Which pages show that a reader has missed rows: retention dropped them before it came. */
export function missed(pages: readonly ShardPage[]): ShardPage[] {
  return pages.filter(({ after, page }) => page.dropped_through > after);
}
