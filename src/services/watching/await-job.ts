import type { Result } from '../../domain/base/result';
import { isSettled, isTerminal } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';
import type { JobView, Want } from '../../objects/job/contract';
import { type Caller, nextLook } from '../access/caller';
import { hold } from '../access/held';
import { lapseOf } from '../access/lapse';
import { getJob } from '../jobs/jobs';
import { openWatch } from './watch';

/** What a long poll waits for. */
export interface Wait {
  /** Seconds; none is no wait at all. */
  wait?: number | undefined;
  /** The revision that the caller knows; the one on arrival where it is not given. */
  after?: number | undefined;
  /** Changes short of the end are none. */
  until?: 'terminal' | undefined;
}

/**
 * The job, once it has moved past what the caller knows or nothing can follow, or when the time is up: as it is then. Once `signal`
 * says that the caller has gone it waits no longer. It waits on a socket that hibernates, so a waited-for object sleeps.
 */
export async function awaitJob(
  caller: Caller,
  jobId: string,
  want: Want,
  { wait = 0, after, until }: Wait,
  signal: AbortSignal,
): Promise<Result<JobView>> {
  const deadline = nextLook(caller, Date.now(), wait * 1_000);
  const view = await getJob(caller, jobId, want);
  if (!view.ok || wait === 0) return view;
  const known = after ?? view.value.summary.revision;
  if (isPast(view.value.summary, known, until, Date.now())) return view;
  const held = hold(caller, 'waits');
  if (!held.ok) return held;
  try {
    const watch = await openWatch(caller, jobId, until === 'terminal' ? 'end' : 'change', known);
    if (!watch.ok) return watch;
    const close = () => watch.value?.close();
    signal.addEventListener('abort', close, { once: true });
    if (!signal.aborted) await watch.value?.next(deadline - Date.now());
    close();
  } finally {
    held.value();
  }
  if (signal.aborted) return view;
  const lapsed = await lapseOf(caller);
  if (lapsed !== null) return { ok: false, rejection: lapsed };
  return getJob(caller, jobId, want);
}

/** A cancelled job still moves until it is settled. */
function isPast(job: Summary, known: number, until: Wait['until'], now: number): boolean {
  if (until === 'terminal') return isTerminal(job.status);
  return job.revision > known || isSettled(job, now);
}
