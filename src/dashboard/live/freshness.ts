import { signal } from '@preact/signals';
import type { Line } from './shared-events.ts';

/** How often a quiet line is looked at, and the longest between two looks of who was awake (ms). */
const BEAT = 4_000;
const AWAKE = 10_000;

/** Whether what a page shows is up to date, and since when it is not. */
export class Freshness {
  readonly line = signal<Line>('catching up');
  /** When what is shown was last known to be so (ms), 0 for never: a live line that says nothing says that it is, but to who has slept. */
  readonly heardAt = signal(0);
  readonly #beat: ReturnType<typeof setInterval>;

  constructor() {
    this.#beat = setInterval(() => {
      if (this.line.peek() === 'live' && Date.now() - this.heardAt.peek() < AWAKE) this.hear();
    }, BEAT);
  }

  /** Takes what has become of the line; true where it is live again. */
  turn(line: Line): boolean {
    const isBack = line === 'live' && this.line.peek() !== line;
    this.line.value = line;
    if (isBack) this.hear();
    return isBack;
  }

  hear(): void {
    this.heardAt.value = Date.now();
  }

  stop(): void {
    clearInterval(this.#beat);
  }
}
