/** A clock that moves when the test says so. */
export class VirtualTime {
  at = 1_000_000;
  readonly #timers = new Set<{ due: number; ring: () => void }>();

  readonly now = (): number => this.at;

  readonly timer = (ms: number, ring: () => void): (() => void) => {
    const timer = { due: this.at + ms, ring };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets `ms` pass; what is due rings in order. */
  async pass(ms: number): Promise<void> {
    const end = this.at + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.at = Math.max(this.at, next.due);
      this.#timers.delete(next);
      next.ring();
      await settle();
    }
    this.at = end;
    await settle();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await null;
}
