/** Readers that are served at a time. */
const GROUP = 32;
/** Whoever has not taken what it was sent by then keeps nobody waiting any longer (ms). */
const PATIENCE = 250;
/** Nobody waits longer for its turn (ms). */
const LONGEST = 2_000;
/** Readers that look whether it is their turn, when one has ended. */
const CALLED = 4;

/**
 * The order in which many readers of an isolate are sent the same long text: a small group at a time, the next when the
 * last has drained. Nothing but a promise passes between their requests, and each waits by a timer of its own.
 */
export class Turns {
  readonly #served = new Map<object, number>();
  #waiting: (() => void)[] = [];

  /** Resolves when it is `reader`'s turn, which lasts until `end`. */
  async begin(reader: object): Promise<void> {
    const latest = Date.now() + LONGEST;
    while (!this.#hasRoom(Date.now()) && Date.now() < latest) await this.#called();
    this.#served.set(reader, Date.now());
  }

  end(reader: object): void {
    if (!this.#served.delete(reader)) return;
    for (const call of this.#waiting.splice(0, CALLED)) call();
  }

  #hasRoom(now: number): boolean {
    for (const [reader, since] of this.#served) {
      if (this.#served.size < GROUP || Math.abs(now - since) < PATIENCE) break;
      this.#served.delete(reader);
    }
    return this.#served.size < GROUP;
  }

  async #called(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let call: () => void = () => {};
    await new Promise<void>((resolve) => {
      call = resolve;
      timer = setTimeout(resolve, PATIENCE);
      this.#waiting.push(call);
    });
    clearTimeout(timer);
    this.#waiting = this.#waiting.filter((other) => other !== call);
  }
}
