/** Readers that are served at a time. */
const GROUP = 32;
/** Whoever has not taken what it was sent by then keeps nobody waiting any longer (ms). */
const PATIENCE = 250;
/** Nobody waits longer for its turn (ms). */
const LONGEST = 2_000;
/** So often those who wait look whether it is their turn (ms), and up to as much later, so that they come apart. */
const LOOK = 25;

/**
 * The order in which many readers of an isolate are sent the same long text: a small group at a time, the next when the
 * last has drained. Each waits by timers of its own: a request that another one wakes is taken for one that hangs.
 */
export class Turns {
  readonly #served = new Map<object, number>();

  /** Resolves when it is `reader`'s turn, which lasts until `end`. */
  async begin(reader: object): Promise<void> {
    const latest = Date.now() + LONGEST;
    while (!this.#hasRoom(Date.now()) && Date.now() < latest) await pause();
    this.#served.set(reader, Date.now());
  }

  end(reader: object): void {
    this.#served.delete(reader);
  }

  #hasRoom(now: number): boolean {
    for (const [reader, since] of this.#served) {
      if (this.#served.size < GROUP || Math.abs(now - since) < PATIENCE) break;
      this.#served.delete(reader);
    }
    return this.#served.size < GROUP;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LOOK * (1 + Math.random()));
  });
}
