import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from '../client/headway-error.ts';
import { HeadwayError } from '../client/index.ts';
import { bounded } from '../client/pause.ts';

/** How long before a service that is away is asked again, where it does not say (ms). */
const AGAIN = 1_000;

/** Does what can be done again where it broke off, until the service is there for it. */
export async function onceThere(
  act: () => Promise<void>,
  told: (connected: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await act();
      return told(true);
    } catch (error) {
      if (!(error instanceof HeadwayError) || !isAway(error)) throw error;
      told(false);
      await sleep(bounded(error.retryAfter ?? AGAIN), undefined, { signal });
    }
  }
}
