/**
 * `npm run test:model -- --runs 20000 --seed 7`: the service against the model, as often as asked. A seed names 125 runs, and
 * the next 125 have the next one; a failure prints its own, which repeats it.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** The runs of one seed, and those of one process: its memory is given back between them. */
const PART = 125;
const CHUNK = 8 * PART;

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = whole('--runs', values.runs ?? (values.seed === undefined ? '500' : String(PART)));
const seed = whole('--seed', values.seed ?? String(Date.now() % 2 ** 31));

for (let done = 0; done < runs; done += CHUNK) {
  const count = Math.min(CHUNK, runs - done);
  console.log(`runs ${done + 1} to ${done + count}, from seed ${seed + done / PART}`);
  vitest('model.test.ts', count, seed + done / PART);
}
// Asked for more than every test run has, it also takes every doubling of every order.
if (runs > 500) vitest('orders.test.ts', runs, seed);

function vitest(file: string, count: number, from: number): void {
  const env = { ...process.env, MODEL_RUNS: String(count), MODEL_SEED: String(from) };
  const run = ['node_modules/vitest/vitest.mjs', 'run', `test/model/${file}`];
  const { status } = spawnSync(process.execPath, run, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is not a whole number: ${text}`);
  return value;
}
