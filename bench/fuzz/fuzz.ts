/**
 * `npm run fuzz -- --inputs 1000000 --seed 7`: requests made from openapi.json, valid, nearly valid and hostile, to every
 * operation of a service of its own. No answer is a 5xx or outside its schema, no refusal changes anything, memory stays
 * flat, and what was stored, logged and answered shows no secret. The same seed makes the same inputs, but for ids and
 * secrets that the service gives out; `--only 1234` sends the few about one of them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { leaksIn } from '../../test/contract/issued.ts';
import { excessOf, growthOf } from './flatness.ts';
import type { Footprint } from './footprint.ts';
import { type Fuzzed, startFuzzed } from './fuzzed.ts';
import { Judge } from './judge.ts';
import { BATCH, Lane } from './lane.ts';
import { describe } from './schema.ts';
import { Tally } from './tally.ts';
import { Tenant } from './tenant.ts';

const LANES = 8;
/** The share of inputs that warm the process up: what it holds after them, it holds for good. */
const WARM = 0.25;
/** Until objects that are no longer asked are put away (ms). */
const QUIET = 12_000;
/** The share of requests that may find the service too busy: none do on a machine of its own. */
const BUSY = 0.005;
/** Inputs a second that any machine manages, and what a run takes besides (s). */
const PACE = 15;
const BESIDES = 60;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
  },
});
const [inputs, seed] = [whole('inputs'), whole('seed')];
const batches = Math.ceil(inputs / BATCH);
/** The one batch that is sent, of all; null for all. */
const only = values.only === undefined ? null : Math.floor(whole('only') / BATCH);
const description = describe(
  JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8')),
);
const folder = await mkdtemp(join(tmpdir(), 'headway-fuzz-'));
const tally = new Tally();
const began = performance.now();
try {
  const fuzzed = await startFuzzed(folder);
  const secrets = await fuzz(fuzzed).finally(() => fuzzed.stop());
  for (const error of (await fuzzed.errors()).slice(0, 5)) tally.broken(`logged: ${error}`);
  for (const { file, secret } of await leaksIn(folder, secrets)) {
    tally.broken(`${file} holds a secret: ${secret}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
report();

/** Sends all inputs; answers every secret that was given out. */
async function fuzz(fuzzed: Fuzzed): Promise<string[]> {
  const operator = { url: fuzzed.url, headers: { Authorization: `Bearer ${fuzzed.adminToken}` } };
  const tenants: Tenant[] = [];
  let enrolled = 0;
  const enroll = () => Tenant.enroll(operator, fuzzed.receiver, `fuzz-${enrolled++}`);
  for (let n = 0; n < LANES; n++) tenants.push(await enroll());
  const until = performance.now() + (BESIDES + inputs / PACE) * 1_000;
  let warm = fuzzed.memory.look();
  const [first, end] = only === null ? [0, batches] : [only, only + 1];
  let batch = first;
  const next = () => {
    if (batch === Math.floor(batches * WARM)) warm = fuzzed.memory.look();
    return batch < end && performance.now() < until ? batch++ : null;
  };
  const judge = new Judge(description);
  const lanes = tenants.map((tenant, n) => {
    const other = tenants[(n + 1) % LANES] ?? tenant;
    const ground = {
      description,
      tenant,
      other,
      adminToken: fuzzed.adminToken,
      host: new URL(fuzzed.url).host,
    };
    const renew = async () => {
      const another = await enroll();
      tenants[n] = another;
      return another;
    };
    return new Lane({ ground, judge, tally, next, seed, renew });
  });
  await Promise.all(lanes.map((lane) => lane.run()));
  if (tally.busy > inputs * BUSY) tally.broken(`${tally.busy} requests were refused as too many`);
  if (batch < end) tally.broken(`the time was over after ${batch * BATCH} inputs`);
  for (const [n, tenant] of tenants.entries()) await judgeJobs(tenant, lanes[n]?.unanswered ?? 0);
  for (const excess of await judgeMemory(fuzzed, await warm)) tally.broken(excess);
  return [...tally.secrets, ...fuzzed.secrets, ...tenants.map(({ key }) => key)];
}

/** What has grown too much since the process was warm, once objects that nobody asks any more are put away. */
async function judgeMemory({ memory }: Fuzzed, warm: Footprint): Promise<string[]> {
  const late = performance.now() + QUIET;
  let growth = growthOf(warm, await memory.look());
  while (excessOf(growth).length > 0 && performance.now() < late) {
    await sleep(500);
    growth = growthOf(warm, await memory.look());
  }
  console.log(`memory: warm ${told(warm)}; ${told(growth)} more at the end`);
  return excessOf(growth);
}

function told({ heap, resident, atOnce }: Footprint): string {
  return `heap ${Math.round(heap)} MiB, resident ${Math.round(resident)} MiB, ${atOnce} objects at once`;
}

/** Every job that is told of was made by a request that was taken, or by a bulk operation, which names none of them. */
async function judgeJobs(tenant: Tenant, unanswered: number): Promise<void> {
  const { made, rerun } = await tenant.told();
  const strange = [...made].filter((id) => !tenant.made.has(id));
  if (strange.length > unanswered + rerun)
    tally.broken(`${strange.length} jobs that no answer told of: ${strange[0]}`);
}

function report(): void {
  const statuses = [...tally.statuses].sort(([a], [b]) => (a ?? 0) - (b ?? 0));
  console.log(`answers: ${statuses.map(([status, count]) => `${status ?? 'none'}: ${count}`).join(', ')}`);
  const counts = description.operations.map(({ id }) => {
    return { id, ...(tally.operations.get(id) ?? { taken: 0, refused: 0 }) };
  });
  const untaken = counts.filter(({ taken }) => taken === 0).map(({ id }) => id);
  const unrefused = counts.filter(({ refused }) => refused === 0).map(({ id }) => id);
  if (untaken.length > 0) console.log(`never taken: ${untaken.join(', ')}`);
  if (unrefused.length > 0) console.log(`never refused: ${unrefused.join(', ')}`);
  console.log(
    `${inputs} inputs to ${counts.length} operations, ${tally.compared} refusals compared, ${tally.secrets.size} secrets given out: ${tally.faults} faults; seed ${seed}; ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  if (tally.faults > 0) console.log(`again: npm run fuzz -- --inputs ${inputs} --seed ${seed}`);
  const shownNothing = only === null && (tally.compared < inputs / 20 || tally.secrets.size === 0);
  if (shownNothing) console.log('Too little was compared or given out: this run has shown nothing.');
  if (tally.faults > 0 || shownNothing) process.exitCode = 1;
}

function whole(name: 'inputs' | 'seed' | 'only'): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is no number: ${values[name]}`);
  return value;
}
