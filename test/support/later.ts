import { vi } from 'vitest';

/** Sets the clock of a test that much on (ms): what waits by a timer waits as long as before. */
export function later(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}
