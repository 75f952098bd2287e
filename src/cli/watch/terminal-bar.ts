import type { WriteStream } from 'node:tty';
import type { Shown } from './shown.ts';

/** Of these some older ones take the sequence for something to be shown. */
const KNOW_NOT = /^(Apple_Terminal|iTerm\.app)$/;

/** The bar that a terminal itself has, in its tab or the task bar: OSC 9;4. */
export class TerminalBar {
  readonly #terminal: WriteStream;
  readonly #knows: boolean;
  #written = '';

  constructor(terminal: WriteStream, { TERM_PROGRAM = '', TERM = '' }: Record<string, string | undefined>) {
    this.#terminal = terminal;
    this.#knows = !KNOW_NOT.test(TERM_PROGRAM) && TERM !== 'dumb' && TERM !== 'linux';
    process.once('exit', () => this.end());
  }

  /** Shows how far all jobs are together. */
  show(jobs: readonly Shown[]): void {
    const known = jobs.flatMap(({ share }) => (share === null ? [] : [share]));
    const state = jobs.some(({ tone, hasEnded }) => hasEnded && tone === 'bad')
      ? 2
      : jobs.some(({ tone }) => tone === 'warning')
        ? 4
        : known.length === 0
          ? 3
          : 1;
    const share = known.length === 0 ? 0 : known.reduce((sum, one) => sum + one, 0) / known.length;
    this.#write(`${state};${Math.floor(share * 100)}`);
  }

  /** Takes it away. */
  end(): void {
    if (this.#written !== '') this.#write('0;0');
    this.#written = '';
  }

  #write(told: string): void {
    if (!this.#knows || told === this.#written) return;
    this.#written = told;
    this.#terminal.write(`\x1b]9;4;${told}\x1b\\`);
  }
}
