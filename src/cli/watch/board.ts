import type { WriteStream } from 'node:tty';
import { widthOf } from '../terminal/fitted.ts';

const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';
/** What is between them is shown at once, by terminals that know how. */
const TOGETHER = '\x1b[?2026h';
const SHOWN = '\x1b[?2026l';

/** The lower end of a terminal, where lines are drawn again and again. */
export class Board {
  readonly #terminal: WriteStream;
  /** How wide the lines are that stand there. */
  #widths: number[] = [];
  #isOpen = true;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    terminal.write(HIDE);
    process.once('exit', () => this.end());
  }

  get columns(): number {
    return this.#terminal.columns || 80;
  }

  get rows(): number {
    return this.#terminal.rows || 24;
  }

  /** Draws lines in place of those that stand there; `above` are written before them, and stay. */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    if (!this.#isOpen) return;
    // A terminal that has become narrower has broken what stood there.
    const up = this.#widths.reduce((sum, width) => sum + Math.max(Math.ceil(width / this.columns), 1), 0);
    const written = [...above, ...lines].map((line) => `${line}\x1b[K\n`).join('');
    this.#terminal.write(`${TOGETHER}${up > 0 ? `\x1b[${up}A` : ''}\r${written}\x1b[J${SHOWN}`);
    this.#widths = lines.map((line) => widthOf(line));
  }

  /** Gives the terminal back; what stands there stays. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.write(SHOW);
  }
}
