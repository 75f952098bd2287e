/** How long a body may bring nothing (ms). */
export const BODY_SILENCE = 30_000;

/**
 * Tells when nothing has come from the other end for `ms`. One timer for as long as it lasts: what is heard only moves
 * the time it looks at.
 */
export class Silence {
  over = false;
  #heard = Date.now();
  #timer: ReturnType<typeof setTimeout>;
  readonly #ms: number;
  readonly #broken: () => void;

  constructor(ms: number, broken: () => void) {
    this.#ms = ms;
    this.#broken = broken;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  heard(): void {
    this.#heard = Date.now();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const rest = this.#heard + this.#ms - Date.now();
    if (rest > 0) {
      this.#timer = setTimeout(() => this.#look(), rest);
      return;
    }
    this.over = true;
    this.#broken();
  }
}
