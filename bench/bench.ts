/**
 * `npm run bench`: the service beside its floor and its peers, all on this machine in one run. Prints the aims and
 * writes everything to `bench/results/`. Needs a quiet machine; peers whose packages are absent are skipped.
 */

import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../dev/command-line.ts';
import { buildBundle } from '../dev/service.ts';
import { measureAge } from './age/age.ts';
import { aimsOf } from './aims.ts';
import type { Contestant } from './contestant.ts';
import { startFloor } from './floor/floor.ts';
import { growErrors, growJobs } from './growth.ts';
import { startHeadway } from './headway.ts';
import { compareIndexCommits } from './index-commits/compare.ts';
import { describeMachine } from './machine.ts';
import { runPeerWorker, runWorker } from './one-worker.ts';
import type { Peer } from './peers/peer.ts';
import { startPeers } from './peers/start.ts';
import { type Plan, readPlan } from './plan.ts';
import { aimsTable } from './report.ts';
import type { Results } from './results.ts';
import { runRounds } from './rounds.ts';
import { measureStartUp } from './start-up.ts';
import { measureWatch } from './watch/watch.ts';
import { writeResults } from './write-results.ts';

const tell = (line: string) => console.error(line);

await runCommand(async () => {
  const plan = readPlan();
  const began = new Date();
  const folder = await workplace();
  const bundleDir = join(folder, 'bundle');
  await buildBundle(bundleDir);
  const machine = describeMachine(folder);
  const compared = await compare(plan, folder, bundleDir);
  const results: Results = {
    began: began.toISOString(),
    machine,
    plan: { quick: plan.quick, rounds: plan.rounds },
    ...compared,
    index: plan.parts.has('index')
      ? await compareIndexCommits(join(folder, 'index'), bundleDir, plan.index)
      : null,
    growth: plan.parts.has('growth') ? await grow(plan, folder, bundleDir) : null,
    watch: plan.parts.has('watch')
      ? await measureWatch(join(folder, 'watch'), bundleDir, plan.watch, tell)
      : null,
    age: plan.parts.has('age') ? await measureAge(join(folder, 'age'), bundleDir, plan.age, tell) : null,
    start: plan.parts.has('start') ? await measureStartUp(folder, bundleDir, plan.starts) : null,
    minutes: (Date.now() - began.getTime()) / 60_000,
  };
  const file = await writeResults(results);
  console.log(aimsTable(aimsOf(results)));
  console.log(`\n${results.minutes.toFixed(1)} minutes; all of it is in ${file}`);
  return 0;
});

/** A folder on the disk for everybody's data, gone when the process is. */
async function workplace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-bench-'));
  // PostgreSQL runs as a user of its own and has a folder in here.
  await chmod(folder, 0o711);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      // After the processes that work in it: they are ended on exit too, and have registered since.
      process.off('exit', remove).once('exit', remove);
      process.exit(130);
    });
  }
  return folder;
}

/** The service, the floor and the peers, up at the same time and measured in turn. */
async function compare(
  plan: Plan,
  folder: string,
  bundleDir: string,
): Promise<Pick<Results, 'peers' | 'skipped' | 'cells' | 'workers'>> {
  if (!plan.parts.has('rounds') && !plan.parts.has('workers')) {
    return { peers: [], skipped: [], cells: null, workers: null };
  }
  const started: Contestant[] = [];
  const keep = <C extends Contestant>(contestant: C): C => {
    started.push(contestant);
    return contestant;
  };
  try {
    const service = keep(await startHeadway({ dataDir: join(folder, 'headway'), bundleDir }));
    keep(await startFloor(join(folder, 'floor'), bundleDir));
    const peers: Peer[] = [];
    const skipped = await startPeers(folder, (peer) => peers.push(keep(peer)));
    for (const { name, why } of skipped) tell(`${name} is skipped: ${why}`);

    const cells = plan.parts.has('rounds') ? await runRounds(started, plan.rounds, tell) : null;
    let workers: Results['workers'] = null;
    if (plan.parts.has('workers')) {
      workers = { service: await runWorker(service, plan.workers), peers: [] };
      await sleep(service.afterglow('batch'));
      for (const peer of peers) workers.peers.push(await runPeerWorker(peer, plan.workers));
    }
    return { peers: peers.map(({ name, versions }) => ({ name, versions })), skipped, cells, workers };
  } finally {
    for (const contestant of started) await contestant.stop();
  }
}

async function grow(plan: Plan, folder: string, bundleDir: string): Promise<Results['growth']> {
  const service = await startHeadway({ dataDir: join(folder, 'growth'), bundleDir });
  const grown = await withinLife(service, async () => {
    const errors = await growErrors(service, plan.growth, tell);
    await sleep(service.afterglow('batch'));
    return { errors, jobs: await growJobs(service, plan.growth, tell) };
  });
  const floor = await startFloor(join(folder, 'growth-floor'), bundleDir);
  return { ...grown, floor: await withinLife(floor, () => growJobs(floor, plan.growth, tell)) };
}

/** Does some work with a contestant and stops it, however the work ends. */
async function withinLife<Outcome>(contestant: Contestant, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } finally {
    await contestant.stop();
  }
}
