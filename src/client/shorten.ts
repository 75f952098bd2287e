/** Characters (code points) of a text that the service keeps: the first, `…`, the last. Source: behaviour §2. */
const HEAD = 1_000;
const TAIL = 2_999;

/** A text as the service would keep it: a longer one need not travel. */
export function shorten(text: string): string {
  const most = HEAD + 1 + TAIL;
  if (text.length <= most) return text;
  // No more than twice as many UTF-16 units can hold what is kept at either end.
  const [head, tail] = [Array.from(text.slice(0, 2 * HEAD)), Array.from(text.slice(-2 * TAIL))];
  if (text.length <= 2 * most && Array.from(text).length <= most) return text;
  return `${head.slice(0, HEAD).join('')}…${tail.slice(-TAIL).join('')}`;
}
