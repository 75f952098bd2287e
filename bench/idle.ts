/** What a creation costs when nobody looks any more: processor time of the minutes after many of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { createJobs } from './measures.ts';
import { processorMs } from './processor.ts';
import { type Quiet, untilQuiet } from './quiet.ts';

export interface IdlePlan {
  jobs: number;
  /** How long the contestant is left alone (s): an alarm of a minute is over in that time. */
  seconds: number;
}

export interface Idle {
  contestant: string;
  jobs: number;
  seconds: number;
  /**
   * Processor time for each job (ms): of creating it, of the seconds in which the runtime puts its object away, and of the time
   * after that.
   */
  createMs: number;
  closeMs: number;
  idleMs: number;
  /** What the process uses in as long a time before it has any job, for each of them that will be (ms). */
  restMs: number;
  /** Whether the contestant was quiet after the creations. */
  quiet: Quiet;
}

const CONNECTIONS = 16;
/** The runtime puts an object away ten seconds after its last request (s). */
const CLOSING = 15;
/** The time before the creations that stands for a time without jobs (s). */
const REST = 20;

/** Creates jobs at a contestant that has none, and leaves it alone. */
export async function measureIdle(
  { name, target, pids }: Contestant,
  { jobs, seconds }: IdlePlan,
  tell: (line: string) => void,
): Promise<Idle> {
  await untilQuiet(pids);
  const rest = Math.min(REST, seconds);
  const start = processorMs(pids);
  await sleep(rest * 1_000);
  const rested = processorMs(pids);
  await createJobs(target, jobs, CONNECTIONS);
  const quiet = await untilQuiet(pids);
  const created = processorMs(pids);
  await sleep(CLOSING * 1_000);
  const closed = processorMs(pids);
  await sleep(seconds * 1_000);
  const idle = {
    ...{ contestant: name, jobs, seconds, quiet },
    createMs: (created - rested) / jobs,
    closeMs: (closed - created) / jobs,
    idleMs: (processorMs(pids) - closed) / jobs,
    restMs: ((rested - start) * seconds) / rest / jobs,
  };
  tell(
    `idle, ${name}: ${idle.idleMs.toFixed(3)} ms a job in ${seconds} s, ${idle.restMs.toFixed(3)} without any`,
  );
  return idle;
}
