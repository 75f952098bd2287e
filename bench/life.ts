/**
 * The whole life of a job: created, started, ten reports, completed, polled twice. Everyone takes the same fifteen requests. The
 * floor writes its one row for each of the thirteen that change something and reads it for the others: it knows no status.
 */
import { mkdir } from 'node:fs/promises';
import type { Connection, Message } from './connection.ts';
import type { Contestant, Entrant } from './contestant.ts';
import { LineUp } from './line-up.ts';
import { askWell, onConnections } from './load.ts';
import { creation, reportTo } from './measures.ts';
import { processorMs } from './processor.ts';
import { type Quiet, untilQuiet } from './quiet.ts';

export interface LifePlan {
  rounds: number;
  seconds: number;
}

export interface LifeSample {
  lives: number;
  perSecond: number;
  /** Processor time of the contestant for each life, until it was quiet again (ms). */
  processorMs: number;
  /** Whether it was quiet before and, in the end, again. */
  before: Quiet;
  after: Quiet;
}

export interface Life {
  contestant: string;
  /** One a round. */
  samples: LifeSample[];
}

const REPORTS = 10;
const CONNECTIONS = 16;

/** Measures everyone in turn, the others held still; `tell` hears of each sample. */
export async function measureLives(
  entrants: readonly Entrant[],
  folder: string,
  { rounds, seconds }: LifePlan,
  tell: (line: string) => void,
): Promise<Life[]> {
  // PostgreSQL is another user, whose folder is in here.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const lineUp = new LineUp(folder);
  try {
    // What the first lives cost beyond the others is a start's: it counts for nobody.
    for (const entrant of entrants)
      await lineUp.enter(entrant, (contestant) => live(contestant, seconds / 4));
    const found = lineUp.members.map(({ name }): Life => ({ contestant: name, samples: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [turn] of lineUp.members.entries()) {
        const at = (turn + round) % lineUp.members.length;
        const contestant = lineUp.members[at] as Contestant;
        const sample = await lineUp.call(contestant, () => live(contestant, seconds));
        found[at]?.samples.push(sample);
        tell(
          `round ${round + 1}  lives, ${contestant.name}: ${sample.perSecond.toFixed(1)}/s, ` +
            `${sample.processorMs.toFixed(1)} ms of processor each`,
        );
      }
    }
    return found;
  } finally {
    await lineUp.leave();
  }
}

/** Lives one after another on each connection for some seconds; those that have begun are finished. */
async function live({ target, pids }: Contestant, seconds: number): Promise<LifeSample> {
  const before = await untilQuiet(pids);
  const used = processorMs(pids);
  let lives = 0;
  const took = await onConnections(target, CONNECTIONS, async (connections) => {
    const began = performance.now();
    const loop = async (connection: Connection) => {
      while (performance.now() < began + seconds * 1_000) {
        await liveOnce(connection);
        lives += 1;
      }
    };
    await Promise.all(connections.map(loop));
    return (performance.now() - began) / 1_000;
  });
  const after = await untilQuiet(pids);
  const cost = (processorMs(pids) - used) / lives;
  return { lives, perSecond: lives / took, processorMs: cost, before, after };
}

/** One life; each of its requests must be answered well. */
async function liveOnce(connection: Connection): Promise<void> {
  const ask = (message: Message) => askWell(connection, message);
  const created = await ask(creation());
  const { job_id } = JSON.parse(created.body.toString()) as { job_id: string };
  await ask(reportTo(job_id, { mark_started: true }));
  for (let n = 1; n <= REPORTS; n++) await ask(reportTo(job_id, { processed_items: n }));
  await ask(reportTo(job_id, { mark_completed: true }));
  for (let poll = 0; poll < 2; poll++) await ask({ method: 'GET', path: `/api/jobs/${job_id}` });
}
