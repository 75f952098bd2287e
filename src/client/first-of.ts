/** At most `most` entries of a paged list, in its order. */
export async function firstOf<Entry>(entries: AsyncIterable<Entry>, most: number): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) {
    found.push(entry);
    if (found.length === most) break;
  }
  return found;
}
