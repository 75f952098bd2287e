/**
 * What is held until its holder ends it, or for `ms` at most: a request whose client has gone may stop without a word, and
 * ends nothing. It is looked at when somebody wants room, so no timer keeps anything awake.
 */
export class Leases<Holder> {
  readonly #ms: number;
  /** The oldest first. */
  readonly #since = new Map<Holder, number>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  get size(): number {
    return this.#since.size;
  }

  begin(holder: Holder): void {
    this.#since.delete(holder);
    this.#since.set(holder, Date.now());
  }

  /** Whether there was one to end. */
  end(holder: Holder): boolean {
    return this.#since.delete(holder);
  }

  /** Ends those that have lasted too long, and tells which. */
  over(): Holder[] {
    const now = Date.now();
    const over: Holder[] = [];
    for (const [holder, since] of this.#since) {
      if (now - since < this.#ms) break;
      this.#since.delete(holder);
      over.push(holder);
    }
    return over;
  }
}
