/** How long a body may bring nothing, and how long it may take in all (ms): 1 MiB at 14 kbit/s. */
export const BODY_PACE: Pace = { silence: 30_000, longest: 600_000 };

/** In ms. */
export interface Pace {
  silence: number;
  longest: number;
}

/**
 * Tells when nothing has come from the other end for `ms`, or it has taken `longest`. One timer for as long as it lasts: what
 * is heard only moves the time it looks at.
 */
export class Silence {
  over = false;
  readonly #until: number;
  #heard = Date.now();
  #timer: ReturnType<typeof setTimeout>;
  readonly #ms: number;
  readonly #broken: () => void;

  constructor(ms: number, broken: () => void, longest = Number.POSITIVE_INFINITY) {
    this.#ms = ms;
    this.#broken = broken;
    this.#until = this.#heard + longest;
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, longest));
  }

  heard(): void {
    this.#heard = Date.now();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const rest = Math.min(this.#heard + this.#ms, this.#until) - Date.now();
    if (rest > 0) {
      this.#timer = setTimeout(() => this.#look(), rest);
      return;
    }
    this.over = true;
    this.#broken();
  }
}
