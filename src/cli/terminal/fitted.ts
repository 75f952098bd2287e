import widthOf from 'fast-string-width';
import { asSeen } from '../../domain/line/terminal-text';

const SEGMENTS = new Intl.Segmenter();
/** What turns the direction of what follows it. */
const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export { widthOf };

/** Somebody’s text as it may be shown in a line: it can’t move the cursor, colour what follows, or turn its direction. */
export function clean(text: string): string {
  return asSeen(text.replaceAll('\r', ' ')).replace(TURNS, '').replaceAll(/\s+/g, ' ').trim();
}

/** A plain text in at most `columns`, with `…` where something was cut off. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let [kept, width] = ['', 0];
  for (const { segment } of SEGMENTS.segment(text)) {
    const wide = widthOf(segment);
    if (width + wide > columns - 1) break;
    kept += segment;
    width += wide;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`;
}

/** A text, which may be coloured, in exactly `columns` or more. */
export function padded(text: string, columns: number, at: 'start' | 'end' = 'end'): string {
  const blanks = ' '.repeat(Math.max(columns - widthOf(text), 0));
  return at === 'end' ? text + blanks : blanks + text;
}
