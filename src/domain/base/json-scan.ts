/** JSON text looked at character by character, in one pass and without recursion, whatever stands in it: it may be no JSON. */

const QUOTE = 34;
const BACKSLASH = 92;
const [SQUARE, UNSQUARE, CURLY, UNCURLY] = [91, 93, 123, 125];

/** How many levels a text opens within one another, and how many of them it leaves open. */
export function levelsOf(text: string): { most: number; open: number } {
  let [most, open] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === SQUARE || code === CURLY) most = Math.max(most, ++open);
    else if (code === UNSQUARE || code === UNCURLY) open -= 1;
  }
  return { most, open };
}

/** What stands outside of strings, piece by piece. */
export function* outsideStrings(text: string): Generator<string> {
  for (const [from, quote] of gaps(text)) yield text.slice(from, quote);
}

/** The text with what `pattern` finds outside of strings replaced. */
export function replaceOutside(text: string, pattern: RegExp, by: string): string {
  const parts: string[] = [];
  for (const [from, quote, next] of gaps(text)) {
    parts.push(text.slice(from, quote).replace(pattern, by), text.slice(quote, next));
  }
  return parts.join('');
}

/** From the end of one string to the beginning of the next, and to its end. */
function* gaps(text: string): Generator<[from: number, quote: number, next: number]> {
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('"', from);
    const quote = found === -1 ? text.length : found;
    const next = endOfString(text, quote);
    yield [from, quote, next];
    from = next;
  }
}

/** The place behind the string whose opening quote stands at `quote`; the text's end where it lacks a closing one. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
