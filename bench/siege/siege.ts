/**
 * `npm run siege -- --seconds 10 --only metadata`: attacks the service on `workerd serve`, one way after another, while a victim
 * does its ordinary work beside them, and says what each cost the victim. With `--short` for a few seconds each, as CI runs it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFor } from '../../dev/service.ts';
import { aimsOf, missesOf } from './aims.ts';
import type { Attack } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { cells, HEAD } from './row.ts';
import { type SiegePlan, siegeOf } from './siege-of.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string' },
    tries: { type: 'string' },
  },
});
const short = values.short;
const seconds = Number(values.seconds ?? (short ? 2 : 10));
const aims = aimsOf(short);
const tries = Number(values.tries ?? 2);
const attacks = ATTACKS.filter(({ name, longOnly }) => name.includes(values.only) && !(short && longOnly));
if (attacks.length === 0) throw new Error(`no attack is called ${values.only}`);

const folder = await mkdtemp(join(tmpdir(), 'headway-siege-'));
try {
  process.exitCode = (await besiege()) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function besiege(): Promise<boolean> {
  const bundleDir = await bundleFor(join(folder, 'bundle'));
  const plan = { folder, bundleDir, seconds, alone: short ? 0.7 : 3, short };
  console.log(`aims: ${aims.told}`);
  console.log(HEAD);
  let missed = 0;
  for (const attack of attacks) {
    if (!(await isBorne(attack, plan))) missed += 1;
  }
  console.log(`${attacks.length} attacks, ${missed} of them beyond an aim`);
  return missed === 0;
}

/** Whether the attack stayed within the aims. A miss that does not come again was the machine's. */
async function isBorne(attack: Attack, plan: SiegePlan): Promise<boolean> {
  for (let left = tries; left > 0; left--) {
    try {
      const siege = await siegeOf(attack, plan, `${attack.name}-${left}`);
      const misses = missesOf(siege, aims);
      console.log(cells(siege, misses));
      if (misses.length === 0) return true;
    } catch (cause) {
      console.log(`${attack.name} did not come about: ${cause}`);
    }
  }
  return false;
}
