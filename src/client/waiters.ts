import type { HeadwayError } from './headway-error.ts';

const DAY = 86_400_000;

interface Waiter {
  mark: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Those who wait until all is durable that was said up to a mark. They hold the process. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves with the mark; `left` is called where its signal is aborted before. */
  until(mark: number, signal: AbortSignal | undefined, left: () => void): Promise<void> {
    let leave = () => {};
    const held = setInterval(() => {}, DAY);
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
    return settled.finally(() => {
      clearInterval(held);
      signal?.removeEventListener('abort', leave);
    });
  }

  /** What was said up to a mark is durable, or will never be for a reason. */
  settle(mark: number, reason?: HeadwayError): void {
    for (const waiter of this.#waiting) {
      if (waiter.mark > mark) continue;
      this.#waiting.delete(waiter);
      if (reason === undefined) waiter.resolve();
      else waiter.reject(reason);
    }
  }
}
