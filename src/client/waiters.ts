interface Waiter {
  mark: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Those who wait until all is durable that was said up to a mark. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves with the mark; `left` is called where its signal is aborted before. */
  until(mark: number, signal: AbortSignal | undefined, left: () => void): Promise<void> {
    let leave = () => {};
    const settled = new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      const waiter = { mark, resolve, reject };
      this.#waiting.add(waiter);
      leave = () => {
        this.#waiting.delete(waiter);
        reject(signal?.reason);
        left();
      };
    });
    signal?.addEventListener('abort', leave);
    return settled.finally(() => signal?.removeEventListener('abort', leave));
  }

  resolveThrough(mark: number): void {
    this.#settle(mark, (waiter) => waiter.resolve());
  }

  rejectThrough(mark: number, reason: unknown): void {
    this.#settle(mark, (waiter) => waiter.reject(reason));
  }

  #settle(mark: number, settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiting) {
      if (waiter.mark > mark) continue;
      this.#waiting.delete(waiter);
      settle(waiter);
    }
  }
}
