import type { Count } from '../../domain/line/count';

/** `ESC ] 9 ; 4 ; state ; percent`, ended by BEL or ST: how a program tells its terminal of its progress. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them.
const SEQUENCE = /\x1b\]9;4;([0-4])(?:;(\d{1,3}))?(?:\x07|\x1b\\|\x9c)/g;
const BEGIN = '\x1b]9;4;';
/** The most that a sequence takes, so the most of one that is kept for what follows. */
const LONGEST = BEGIN.length + 8;

/** Progress by the sequence OSC 9;4, as cargo and others write it. */
export class TerminalProgress {
  #held = '';
  #count: Count | undefined;

  take(piece: string): void {
    const text = this.#held + piece;
    const last = text.lastIndexOf('\x1b');
    this.#held = last >= 0 && text.length - last < LONGEST ? text.slice(-LONGEST) : '';
    if (!text.includes(BEGIN)) return;
    for (const [, state, percent] of text.matchAll(SEQUENCE)) {
      // 0 takes the bar away, 3 is a bar that knows no figure.
      if (state === '0' || state === '3' || percent === undefined || Number(percent) > 100) continue;
      this.#count = { hundredths: Number(percent) * 100 };
    }
  }

  /** The last figure that was told since this was last asked. */
  news(): Count | undefined {
    const count = this.#count;
    this.#count = undefined;
    return count;
  }
}
