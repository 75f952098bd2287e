import { setTimeout as sleep } from 'node:timers/promises';
import { type Headway, HeadwayError } from '../../client/index.ts';
import { OPEN } from '../open-statuses.ts';
import type { Watched } from './shown.ts';

/** How often a job that is not there yet is looked for, and a stream that something strange answered (ms). */
const AGAIN = 1_000;

export interface Following {
  signal: AbortSignal;
  /** It was there before: where there is none any more, that is its end. */
  isListed?: boolean;
  /** Hears each time that something has changed. */
  changed: (watched: Watched) => void;
}

/** Follows a job from how it stands, or from when there is one, to its end. Rejects where it may not be seen, or is deleted meanwhile. */
export async function followJob(
  headway: Headway,
  id: string,
  { signal, isListed = false, changed }: Following,
): Promise<void> {
  const watched: Watched = { id, job: null, isLost: false };
  const told = (connected: boolean) => {
    if (watched.isLost === !connected) return;
    watched.isLost = !connected;
    changed({ ...watched });
  };
  let isAwaited = false;
  for (;;) {
    try {
      for await (const job of headway.watch(id, { signal, told })) {
        watched.job = job;
        changed({ ...watched });
        // Whether its worker has heard of a cancellation is nothing to wait for.
        if (!OPEN.includes(job.status)) return;
      }
      if (watched.job !== null) return;
      watched.job = await headway.get(id, { signal });
      changed({ ...watched });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HeadwayError)) throw error;
      const isStrange = error.code === 'unexpected';
      const isMissing = error.status === 404 && watched.job === null;
      if (!isStrange && !isMissing) throw error;
      if (!isStrange && isListed) return told(true);
      if (isStrange) told(false);
      else if (!isAwaited) changed({ ...watched });
      isAwaited ||= !isStrange;
      await sleep(AGAIN, undefined, { signal });
    }
  }
}
