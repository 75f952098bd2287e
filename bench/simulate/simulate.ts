/**
 * `npm run simulate -- --seeds 200000`: the objects of a job and of the index themselves, under one seeded scheduler that
 * drops, doubles, delays, reorders and crashes. Without flags it runs the 2,000 seeds that every test run has; a seed that
 * fails is kept in a file and run for ever.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Counts, Outcome } from '../../test/simulation/machine.ts';
import { bundleSimulation } from './bundle.ts';
import { keepSeeds, keptSeeds } from './kept-seeds.ts';
import { runSeeds } from './pool.ts';

const SEEDS = 2_000;
/** Failed seeds that are told in full. */
const TOLD = 5;

const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } });
const count = whole('--seeds', values.seeds ?? (values.seed === undefined ? String(SEEDS) : '1'));
const first = whole(
  '--seed',
  values.seed ?? (values.seeds === undefined ? '1' : String(Date.now() % 2 ** 31)),
);

const began = performance.now();
const kept = await keptSeeds();
const failed: Outcome[] = [];
const total: Counts = { steps: 0, answers: 0, faults: 0, publications: 0, events: 0 };
const folder = await mkdtemp(join(tmpdir(), 'headway-simulate-'));
try {
  const bundle = join(folder, 'simulate.mjs');
  await bundleSimulation(bundle);
  await runSeeds(bundle, availableParallelism(), seedsToRun(), (outcome) => {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += outcome.counts[name];
    if (outcome.violations.length > 0) failed.push(outcome);
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

for (const { seed, violations } of failed.slice(0, TOLD)) {
  console.log(`seed ${seed} (again: npm run simulate -- --seed ${seed})`);
  for (const violation of violations.slice(0, 5)) console.log(`  ${violation.slice(0, 500)}`);
}
const ran = `${count} seeds from ${first}${kept.length > 0 ? ` and ${kept.length} kept` : ''}`;
const seconds = ((performance.now() - began) / 1_000).toFixed(1);
console.log(`simulation: ${ran}: ${failed.length} failed; ${seconds} s`);
console.log(
  Object.entries(total)
    .map(([name, value]) => `${name} ${value}`)
    .join(', '),
);
await keepSeeds(failed.map(({ seed }) => seed));
if (total.faults === 0) console.log('No fault was injected: this run has shown nothing.');
if (failed.length > 0 || total.faults === 0) process.exitCode = 1;

function* seedsToRun(): Generator<number> {
  yield* kept;
  for (let seed = first; seed < first + count; seed++) yield seed;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is not a whole number: ${text}`);
  return value;
}
