/**
 * `npm run simulate -- --seeds 200000 --seed 1`: the job and index objects themselves, under one seeded scheduler that
 * drops, doubles, delays, reorders and crashes. A seed that fails is kept and run for ever.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Machine, Outcome } from '../../test/simulation/machine.ts';
import { bundleSimulation } from './bundle.ts';
import { machine } from './machine.ts';

const folder = await mkdtemp(join(tmpdir(), 'headway-simulate-'));
const outfile = join(folder, 'simulate.mjs');
await bundleSimulation(outfile);
const { simulate } = (await import(pathToFileURL(outfile).href)) as {
  simulate: (seed: number, machine: Machine) => Promise<Outcome>;
};
const t = performance.now();
const sum = {} as Record<string, number>;
const [from, n] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 100)];
for (let seed = from; seed < from + n; seed++) {
  const { violations, counts } = await simulate(seed, machine);
  for (const [k, v] of Object.entries(counts)) sum[k] = (sum[k] ?? 0) + v;
  if (violations.length > 0) console.log(seed, violations.slice(0, 3));
}
console.log(sum, (performance.now() - t) / n, 'ms a seed');
await rm(folder, { recursive: true });
