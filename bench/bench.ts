/**
 * `npm run bench`: the service beside its floor and its peers, all on this machine in one run. Prints the aims and
 * writes everything to `bench/results/`. Needs a quiet machine; peers whose packages are absent are skipped.
 */
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
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
import { writeResults } from './write-results.ts';

const tell = (line: string) => console.error(line);

await runCommand(async () => {
  const plan = readPlan();
  const began = new Date();
  const folder = await workplace();
  const bundleDir = join(folder, 'bundle');
  await buildBundle(bundleDir);
  const machine = describeMachine(folder);
  const { peers, skipped } = await findPeers();
  for (const { name, why } of skipped) tell(`${name} is skipped: ${why}`);
  tell(`about ${estimateMinutes(plan, peers.length).toFixed(0)} minutes`);
  const others: Others[] = [];
  const found = await runParts(plan, { folder, bundleDir, peers, others, tell });
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
