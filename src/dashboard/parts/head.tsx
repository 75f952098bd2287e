import { firstOf } from '../../client/first-of.ts';
import { count } from './number.ts';

/** The first of a list, and whether there are more. */
export interface Head<Entry> {
  entries: Entry[];
  hasMore: boolean;
}

/** At most `most` of what `read` lists: it is asked for one more, which tells whether there are more. */
export async function headOf<Entry>(
  most: number,
  read: (page: { limit: number }) => AsyncIterable<Entry>,
): Promise<Head<Entry>> {
  const found = await firstOf(read({ limit: most + 1 }), most + 1);
  return { entries: found.slice(0, most), hasMore: found.length > most };
}

/** That there are more than what is shown. */
export function HeadNote({
  of: { entries, hasMore },
  order = 'newest',
}: {
  of: Head<unknown>;
  /** What a list begins with. */
  order?: 'newest' | 'oldest';
}) {
  if (!hasMore) return null;
  return (
    <p class="hint">
      The {order} {count(entries.length)} are shown.
    </p>
  );
}
