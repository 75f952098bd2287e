/** JSON text looked at character by character, in one pass and without recursion, whatever stands in it: it may be no JSON. */

const QUOTE = 34;
const BACKSLASH = 92;
const [PLUS, MINUS, POINT, ZERO, NINE] = [43, 45, 46, 48, 57];
const [SQUARE, UNSQUARE, CURLY, UNCURLY] = [91, 93, 123, 125];
/** The E of an exponent, and what makes it a small one. */
const [EXPONENT, CASE] = [69, 32];
/** A double keeps every decimal of so many digits. */
const SURE_DIGITS = 15;

/** What stands in a text outside of its strings. */
export interface Survey {
  /** Levels that it opens within one another. */
  levels: number;
  /** How many of them it leaves open. */
  open: number;
  /** Whether a double would write one of its numbers otherwise. */
  changes: boolean;
}

export function survey(text: string): Survey {
  let [levels, open, changes] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (code === SQUARE || code === CURLY) {
      levels = Math.max(levels, ++open);
    } else if (code === UNSQUARE || code === UNCURLY) {
      open -= 1;
    } else if (isDigit(code) || code === MINUS) {
      const end = endOfNumber(text, at);
      changes ||= !isKept(text, at, end);
      at = end - 1;
    }
  }
  return { levels, open, changes };
}

/**
 * The text with `[]` for what it opens at its level `most`. `check` is called with each of these, cut off in the same
 * way: no piece has more than `most` levels.
 */
export function shallow(text: string, most: number, check: (piece: string) => void): string {
  const outer: { text: string; from: number; open: number }[] = [];
  let [piece, from, open] = ['', 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (code === SQUARE || code === CURLY) {
      if (open === most - 1) {
        outer.push({ text: piece + text.slice(from, at), from: at, open });
        [piece, from, open] = ['', at, 0];
      }
      open += 1;
    } else if (code === UNSQUARE || code === UNCURLY) {
      open -= 1;
      const within = open === 0 ? outer.pop() : undefined;
      if (within === undefined) continue;
      check(piece + text.slice(from, at + 1));
      [piece, from, open] = [`${within.text}[]`, at + 1, within.open];
    }
  }
  return piece + text.slice(from);
}

/** The place behind the string whose opening quote stands at `quote`; the text's end where it lacks a closing one. */
export function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** The place behind what may be one number with that at `from`, which is not looked at. */
export function endOfNumber(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isPart = isDigit(code) || code === POINT || code === PLUS || code === MINUS;
    if (!isPart && (code & ~CASE) !== EXPONENT) return at;
  }
  return text.length;
}

/** Whether a double writes the number that stands between two places just so. */
export function isKept(text: string, from: number, to: number): boolean {
  let [digits, point] = [0, -1];
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) digits += 1;
    else if (code === POINT && point === -1) point = at;
    else if (code !== MINUS || at !== from) return isWrittenSo(text.slice(from, to));
  }
  if (point !== -1 && text.charCodeAt(to - 1) === ZERO) return false;
  const first = to - digits - (point === -1 ? 0 : 1);
  if (digits === 1) return first === from || text.charCodeAt(first) !== ZERO;
  // One of less than a tenth may be written with an exponent.
  const isSmall = text.charCodeAt(first) === ZERO && text.charCodeAt(point + 1) === ZERO;
  return digits > SURE_DIGITS || isSmall ? isWrittenSo(text.slice(from, to)) : true;
}

function isWrittenSo(number: string): boolean {
  return String(Number(number)) === number;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
