/**
 * Processor time of a request, the service beside the floor, with all data on a memory disk: no commit waits, so that what is
 * left is work. It holds on a busy machine, where answers a second do not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../contestant.ts';
import { startFloor } from '../floor/floor.ts';
import { startHeadway } from '../headway.ts';
import { LineUp } from '../line-up.ts';
import { MANY } from '../measures.ts';
import { processorMs } from '../processor.ts';
import { type Quiet, untilQuiet } from '../quiet.ts';
import { ratio, type Spread, spreadOf } from '../stats.ts';
import { COSTS, type Cost, type Sending, sendingsOf } from './sendings.ts';

export interface ProcessorPlan {
  rounds: number;
  /** How long requests are sent for one sample (s). */
  seconds: number;
  /** How many there are at least, however long it takes: processor time is told in steps of 10 ms. */
  requests: number;
  /** How long what follows a request that writes is waited for (ms): a publication comes up to two seconds later. */
  rest: number;
}

export interface ProcessorCost {
  cost: Cost;
  /** Processor time of a request, until the contestant was quiet again (ms). */
  service: Spread;
  floor: Spread;
  ratio: Spread;
  /** Samples before which the contestant was not quiet. */
  restless: number;
}

/** `folder` is on a memory disk; null where there is none, and nothing is measured. */
export async function compareProcessorTime(
  folder: string | null,
  bundleDir: string,
  plan: ProcessorPlan,
  tell: (line: string) => void,
): Promise<ProcessorCost[] | null> {
  if (folder === null) return null;
  const lineUp = new LineUp(folder);
  try {
    const start = (dataDir: string) => startHeadway({ dataDir, bundleDir });
    const service = await lineUp.enter({ name: 'Headway', start }, async (contestant): Promise<Side> => {
      return { contestant, sendings: await sendingsOf(contestant) };
    });
    const list = await lineUp.call(service.contestant, listOf);
    const floor = await lineUp.enter(
      { name: 'floor', start: (data) => startFloor(data, bundleDir) },
      async (contestant): Promise<Side> => ({ contestant, sendings: await sendingsOf(contestant, list) }),
    );
    const found: ProcessorCost[] = [];
    for (const cost of Object.keys(COSTS) as Cost[]) {
      const samples = { service: [] as number[], floor: [] as number[] };
      let restless = 0;
      for (let round = 0; round < plan.rounds; round++) {
        for (const [side, { contestant, sendings }] of sides({ service, floor }, round)) {
          const sample = await lineUp.call(contestant, () => measure(contestant, sendings[cost], plan));
          samples[side].push(sample.ms);
          restless += Number(!sample.quiet.reached);
        }
      }
      const { service: ours, floor: theirs } = samples;
      const compared = ratio(ours, theirs);
      found.push({ cost, service: spreadOf(ours), floor: spreadOf(theirs), ratio: compared, restless });
      tell(`processor, ${COSTS[cost].service}: ${compared.median.toFixed(2)} × ${COSTS[cost].floor}`);
    }
    return found;
  } finally {
    await lineUp.leave();
  }
}

interface Side {
  contestant: Contestant;
  sendings: Record<Cost, Sending>;
}

/** Each begins every other round. */
function sides(both: Record<'service' | 'floor', Side>, round: number) {
  const order = [
    ['service', both.service],
    ['floor', both.floor],
  ] as const;
  return round % 2 === 0 ? order : order.toReversed();
}

async function listOf({ target: { url, headers } }: Contestant): Promise<unknown> {
  return (await fetch(`${url}/api/jobs/`, { headers })).json();
}

async function measure(
  { pids }: Contestant,
  { open, writes }: Sending,
  { seconds, requests, rest }: ProcessorPlan,
): Promise<{ ms: number; quiet: Quiet }> {
  const sender = await open();
  try {
    // Objects that nobody asked for ten seconds are put away; opening them again is not what is measured.
    await sender.send(seconds / 4, MANY);
    const quiet = await untilQuiet(pids);
    const before = processorMs(pids);
    const count = await sender.send(seconds, requests);
    if (writes) await sleep(rest);
    await untilQuiet(pids);
    return { ms: (processorMs(pids) - before) / count, quiet };
  } finally {
    sender.close();
  }
}
