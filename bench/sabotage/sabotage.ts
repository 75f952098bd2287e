/**
 * `npm run sabotage -- --only alarm`: breaks one line of the source at a time, in a copy for each processor, and runs the
 * suite that must notice. A patch that no suite notices is a promise that nothing holds.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Patch, Suite } from './patch.ts';
import { PATCHES } from './patches.ts';
import { runSuite } from './run-suite.ts';
import { Scratch } from './scratch.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const patches = PATCHES.filter(({ name }) => name.includes(values.only));

const scratches = await Promise.all(Array.from({ length: availableParallelism() }, () => Scratch.make()));
try {
  process.exitCode = (await sabotage()) ? 0 : 1;
} finally {
  for (const scratch of scratches) await scratch.remove();
}

async function sabotage(): Promise<boolean> {
  const suites = new Set<Suite>(patches.map(({ suite }) => suite));
  const green = await inEachCopy([...suites], isGreen);
  if (green < suites.size) return false;
  const caught = await inEachCopy(patches, isCaught);
  console.log(`\ncaught ${caught} / tried ${patches.length}`);
  return caught === patches.length && patches.length > 0;
}

/** Tries `items` one after the other in each copy; answers how many held. */
async function inEachCopy<Item>(
  items: readonly Item[],
  holds: (item: Item, folder: Scratch) => Promise<boolean>,
): Promise<number> {
  const left = items.values();
  let held = 0;
  const work = async (scratch: Scratch) => {
    for (const item of left) if (await holds(item, scratch)) held += 1;
  };
  await Promise.all(scratches.map(work));
  return held;
}

/** Without a patch every suite is green: what is red after one is red because of it. */
async function isGreen(suite: Suite, { folder }: Scratch): Promise<boolean> {
  const { green, output, seconds } = await runSuite(suite, folder);
  console.log(`${green ? 'green' : 'RED'}    ${suite} unharmed (${seconds.toFixed(1)} s)`);
  if (!green) console.log(output.slice(-4_000));
  return green;
}

async function isCaught(patch: Patch, scratch: Scratch): Promise<boolean> {
  try {
    const takeBack = await scratch.apply(patch);
    const { green, hung, seconds } = await runSuite(patch.suite, scratch.folder);
    await takeBack();
    const how = `${patch.suite}, ${hung ? 'hung, ' : ''}${seconds.toFixed(1)} s`;
    console.log(`${green ? 'ESCAPED' : 'caught '} ${patch.name} (${how})`);
    return !green;
  } catch (error) {
    console.log(`UNFIT   ${(error as Error).message}`);
    return false;
  }
}
