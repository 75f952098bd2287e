/**
 * `npm run simulate -- --seeds 200000`: the objects of a job and of the index themselves, under one seeded scheduler that
 * drops, doubles, delays, reorders and crashes; with `--deliveries 20000` an endpoint, its organization and its shards in
 * the same way. Without flags it runs the 2,000 seeds and the 500 that every test run has. A job's seed that fails is kept
 * in a file and run for ever.
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
const DELIVERY_SEEDS = 500;
/** Failed seeds that are told in full, as they come; of the others the number. */
const TOLD = 5;

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, deliveries: { type: 'string' } },
});
const one = values.seed === undefined ? null : 1;
const asked = values.seeds ?? values.deliveries;
const first = whole('--seed', values.seed ?? (asked === undefined ? '1' : String(Date.now() % 2 ** 31)));
const jobs = values.seeds ?? (values.deliveries === undefined ? String(one ?? SEEDS) : '0');
const deliveries = values.deliveries ?? (values.seeds === undefined ? String(one ?? DELIVERY_SEEDS) : '0');

const folder = await mkdtemp(join(tmpdir(), 'headway-simulate-'));
try {
  const bundle = join(folder, 'simulate.mjs');
  await bundleSimulation(bundle);
  await run(bundle, 'jobs', whole('--seeds', jobs), await keptSeeds());
  await run(bundle, 'deliveries', whole('--deliveries', deliveries), []);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Runs `count` seeds of a simulation, and the `kept` ones before them. */
async function run(bundle: string, name: string, count: number, kept: readonly number[]): Promise<void> {
  if (count === 0) return;
  const began = performance.now();
  const failed: Outcome[] = [];
  const total: Counts = { steps: 0, answers: 0, faults: 0, publications: 0, events: 0 };
  const seeds = [...kept, ...Array.from({ length: count }, (_, index) => first + index)];
  const tenth = Math.ceil(seeds.length / 10);
  let done = 0;
  await runSeeds(bundle, name, availableParallelism(), seeds, (outcome) => {
    for (const counted of Object.keys(total) as (keyof Counts)[]) total[counted] += outcome.counts[counted];
    done += 1;
    if (count > SEEDS && done % tenth === 0) console.log(`${done} of ${seeds.length} ${name}`);
    if (outcome.violations.length === 0) return;
    failed.push(outcome);
    console.log(`${name}, seed ${outcome.seed} (again: npm run simulate -- --seed ${outcome.seed})`);
    if (failed.length > TOLD) return;
    for (const violation of outcome.violations.slice(0, 5)) console.log(`  ${violation.slice(0, 500)}`);
  });
  const ran = `${count} seeds from ${first}${kept.length > 0 ? ` and ${kept.length} kept` : ''}`;
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`simulation of ${name}: ${ran}: ${failed.length} failed; ${seconds} s`);
  console.log(
    Object.entries(total)
      .map(([counted, value]) => `${counted} ${value}`)
      .join(', '),
  );
  if (name === 'jobs') await keepSeeds(failed.map(({ seed }) => seed));
  const empty = total.faults === 0 || total.answers === 0;
  if (empty) console.log('No fault was injected or nothing was answered: this run has shown nothing.');
  if (failed.length > 0 || empty) process.exitCode = 1;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is not a whole number: ${text}`);
  return value;
}
