/** The parts of the benchmark, one after another, each with what the machine did beside it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { measureAge } from './age/age.ts';
import type { Contestant, Entrant } from './contestant.ts';
import { startFloor } from './floor/floor.ts';
import { growErrors, growJobs } from './growth.ts';
import { startHeadway } from './headway.ts';
import { type Idle, measureIdle } from './idle.ts';
import { compareIndexCommits } from './index-commits/compare.ts';
import { measureLives } from './life.ts';
import { measureWorkers } from './one-worker.ts';
import { besideOthers, type Others } from './others.ts';
import type { PeerEntrant } from './peers/find.ts';
import type { Part, Plan } from './plan.ts';
import { compareProcessorTime } from './processor-time/compare.ts';
import { untilQuiet } from './quiet.ts';
import type { Results } from './results.ts';
import { runRounds } from './rounds.ts';
import { measureRows } from './rows-written/measure-rows.ts';
import { measureStartUp } from './start-up.ts';
import { measureWatch } from './watch/watch.ts';

interface Surroundings {
  /** On the disk; each part has a folder of its own in it. */
  folder: string;
  /** On a memory disk; null where there is none. */
  memoryFolder: string | null;
  bundleDir: string;
  peers: readonly PeerEntrant[];
  /** Takes what the machine did beside each part. */
  others: Others[];
  tell: (line: string) => void;
}

type Found = Pick<Results, 'cells' | Exclude<Part, 'rounds'>>;

export async function runParts(plan: Plan, surroundings: Surroundings): Promise<Found> {
  const { folder, memoryFolder, bundleDir, peers, others, tell } = surroundings;
  const place = (part: Part) => join(folder, part);
  const service: Entrant = {
    name: 'Headway',
    start: (dataDir) => startHeadway({ dataDir, bundleDir }),
  };
  const floor: Entrant = { name: 'floor', start: (dataDir) => startFloor(dataDir, bundleDir) };
  const everybody = [service, floor, ...peers];
  const run = async <Outcome>(part: Part, work: () => Promise<Outcome>): Promise<Outcome | null> => {
    if (!plan.parts.has(part)) return null;
    await mkdir(place(part), { mode: 0o711 });
    return besideOthers(part, (noted) => others.push(noted), work);
  };
  const measureIdles = async (): Promise<Idle[]> => [
    await withinLife(service, join(place('idle'), 'service'), (own) => measureIdle(own, plan.idle, tell)),
    await withinLife(floor, join(place('idle'), 'floor'), (bare) => measureIdle(bare, plan.idle, tell)),
  ];
  return {
    cells: await run('rounds', () => runRounds(everybody, place('rounds'), plan.rounds, tell)),
    life: await run('life', () => measureLives(everybody, place('life'), plan.life, tell)),
    processor: await run('processor', () =>
      compareProcessorTime(memoryFolder, bundleDir, plan.processor, tell),
    ),
    workers: await run('workers', () => measureWorkers(service, peers, place('workers'), plan.workers, tell)),
    index: await run('index', () => compareIndexCommits(place('index'), bundleDir, plan.index)),
    growth: await run('growth', () => grow(service, floor, place('growth'), plan, tell)),
    watch: await run('watch', () => measureWatch(place('watch'), bundleDir, plan.watch, tell)),
    age: await run('age', () => measureAge(place('age'), bundleDir, plan.age, tell)),
    start: await run('start', () => measureStartUp(place('start'), bundleDir, plan.starts)),
    // Rows and processor time of a process are the same whatever runs beside it.
    ...(await both(
      run('rows', () => measureRows(place('rows'), bundleDir, plan.rows, tell)),
      run('idle', measureIdles),
    )),
  };
}

async function both(
  rows: Promise<Results['rows']>,
  idle: Promise<Results['idle']>,
): Promise<Pick<Results, 'rows' | 'idle'>> {
  const [rowsFound, idleFound] = await Promise.all([rows, idle]);
  return { rows: rowsFound, idle: idleFound };
}

async function grow(
  service: Entrant,
  floor: Entrant,
  folder: string,
  plan: Plan,
  tell: (line: string) => void,
): Promise<Results['growth']> {
  const grown = await withinLife(service, join(folder, 'service'), async (own) => {
    const errors = await growErrors(own, plan.growth, tell);
    await untilQuiet(own.pids);
    return { errors, jobs: await growJobs(own, plan.growth, tell) };
  });
  const bare = await withinLife(floor, join(folder, 'floor'), (one) => growJobs(one, plan.growth, tell));
  return { ...grown, floor: bare };
}

/** Starts a contestant, does some work with it and stops it, however the work ends. */
async function withinLife<Outcome>(
  { start }: Entrant,
  folder: string,
  work: (contestant: Contestant) => Promise<Outcome>,
): Promise<Outcome> {
  const contestant = await start(folder);
  try {
    return await work(contestant);
  } finally {
    await contestant.stop();
  }
}
