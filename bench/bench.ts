/**
 * `npm run bench`: the service beside its floor and its peers, all on this machine in one run. Prints the aims and
 * writes everything to `bench/results/`. Needs a quiet machine; peers whose packages are absent are skipped.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../dev/command-line.ts';
import { buildBundle } from '../dev/service.ts';
import { aimsOf } from './aims.ts';
import { estimateMinutes } from './estimate.ts';
import { describeMachine, syncRate } from './machine.ts';
import type { Others } from './others.ts';
import { runParts } from './parts.ts';
import { findPeers } from './peers/find.ts';
import { readPlan } from './plan.ts';
import { aimsTable } from './report.ts';
import type { Results } from './results.ts';
import { memoryWorkplace, workplace } from './workplace.ts';
import { writeResults } from './write-results.ts';

const tell = (line: string) => console.error(line);

// Each process that is up has a listener that ends it with this one.
process.setMaxListeners(0);

await runCommand(async () => {
  const plan = readPlan();
  const began = new Date();
  const folder = await workplace(tmpdir());
  const bundleDir = join(folder, 'bundle');
  await buildBundle(bundleDir);
  const machine = describeMachine(folder);
  const { peers, skipped } = await findPeers();
  for (const { name, why } of skipped) tell(`${name} is skipped: ${why}`);
  tell(`about ${estimateMinutes(plan, peers.length).toFixed(0)} minutes`);
  const others: Others[] = [];
  const memoryFolder = await memoryWorkplace();
  const found = await runParts(plan, { folder, memoryFolder, bundleDir, peers, others, tell });
  const results: Results = {
    began: began.toISOString(),
    machine,
    plan: { quick: plan.quick, rounds: plan.rounds },
    peers: peers.map(({ name, versions }) => ({ name, versions })),
    ...{ skipped, ...found, others },
    syncsAfter: Math.round(syncRate(join(folder, 'sync-probe'))),
    minutes: (Date.now() - began.getTime()) / 60_000,
  };
  const file = await writeResults(results);
  console.log(aimsTable(aimsOf(results)));
  console.log(`\n${results.minutes.toFixed(1)} minutes; all of it is in ${file}`);
  return 0;
});
