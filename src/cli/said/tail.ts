import { asSeen } from '../../domain/line/terminal-text';
import type { Output } from './child-progress.ts';

/** What is kept of the end of a text, in UTF-16 units: much more than is told of it, so that it is masked whole. */
const KEPT = 65_536;

/** The end of what a program wrote, both outputs as they came. */
export class Tail {
  #pieces: { output: Output; text: string }[] = [];
  #units = 0;
  #cut = false;

  take(output: Output, text: string): void {
    if (text === '') return;
    this.#pieces.push({ output, text: text.slice(-KEPT) });
    this.#cut ||= text.length > KEPT;
    this.#units += Math.min(text.length, KEPT);
    // The oldest are let go of by many at a time.
    if (this.#units < 2 * KEPT && this.#pieces.length < KEPT) return;
    let from = this.#pieces.length;
    for (this.#units = 0; from > 0 && this.#units < KEPT; ) {
      from -= 1;
      this.#units += this.#pieces[from]?.text.length ?? 0;
    }
    this.#cut ||= from > 0;
    this.#pieces = this.#pieces.slice(from);
  }

  /** Its lines as a terminal would show them: of a bar that was drawn again and again how it was drawn last. */
  get lines(): string[] {
    const open: Record<Output, string> = { stdout: '', stderr: '' };
    // Where the beginning is gone the first line of each output is only the rest of one.
    const isRest = { stdout: this.#cut, stderr: this.#cut };
    const lines: string[] = [];
    for (const { output, text } of this.#pieces) {
      const parts = (open[output] + text).split('\n');
      open[output] = parts.pop() ?? '';
      for (const part of parts) {
        if (isRest[output]) isRest[output] = false;
        else lines.push(asSeen(part).trimEnd());
      }
    }
    for (const output of ['stdout', 'stderr'] as const) {
      const seen = asSeen(open[output]).trimEnd();
      if (seen !== '') lines.push(isRest[output] ? seen.slice(-KEPT / 2) : seen);
    }
    return lines;
  }
}

/** The last lines that fit into so many characters, the newest whole as far as they do. */
export function lastOf(lines: readonly string[], most: number): string {
  const text = lines
    .filter((line) => line !== '')
    .join('\n')
    .toWellFormed();
  if (text.length <= most) return text;
  const end = text.slice(-most);
  const line = end.indexOf('\n') + 1;
  return line > 0 && line < most / 2 ? end.slice(line) : end.toWellFormed();
}
