/** A service that is to stay: one that ends by itself is started again on the same data, later each time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { onEnd } from '../on-end.ts';
import type { Service } from '../service/start-service.ts';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A life this long (ms) was none of those that end as soon as they begin. */
const LONG_LIFE = 60_000;

/** How long to wait (ms) before the next life, after `failures` short ones in a row. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE);
}

/**
 * Runs lives of a service until a signal ends it, then answers 0. `start` makes a life, on the port of the one before if
 * there was one; `onceUp` is told of each. A first life that can't be started is the caller's to hear of.
 */
export async function supervise(
  start: (port: number | null) => Promise<Service>,
  onceUp: (service: Service) => void,
): Promise<number> {
  const ending = new AbortController();
  let service: Service | null = null;
  let began = false;
  onEnd(() => {
    ending.abort();
    if (!began) process.exit(130);
    void service?.stop();
  });

  service = await start(null);
  began = true;
  const { port } = service;
  for (let failures = 0; ; ) {
    const born = Date.now();
    let end = 'it did not start';
    if (service !== null) {
      onceUp(service);
      const { code, signal }: Awaited<Service['exited']> = await service.exited;
      // The terminal sends Ctrl-C to both processes, and workerd may be the first to go.
      if (ending.signal.aborted || signal === 'SIGINT') return 0;
      end = String(signal ?? code);
    }
    failures = Date.now() - born >= LONG_LIFE ? 1 : failures + 1;
    const pause = pauseAfter(failures);
    console.error(`The service ended by itself (${end}); it starts again in ${pause / 1_000} s.`);
    await sleep(pause, null, { signal: ending.signal }).catch(() => null);
    if (ending.signal.aborted) return 0;
    service = null;
    service = await start(port).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return null;
    });
    if (ending.signal.aborted) {
      await service?.stop();
      return 0;
    }
  }
}
