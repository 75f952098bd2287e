/**
 * `npm run sabotage -- --only alarm`: breaks one line of the source at a time, in a copy, and runs the suite that must
 * notice. A patch that no suite notices is a promise that nothing holds.
 */
import { parseArgs } from 'node:util';
import type { Patch, Suite } from './patch.ts';
import { PATCHES } from './patches.ts';
import { runSuite } from './run-suite.ts';
import { Scratch } from './scratch.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const patches = PATCHES.filter(({ name }) => name.includes(values.only));

const scratch = await Scratch.make();
try {
  process.exitCode = (await sabotage()) ? 0 : 1;
} finally {
  await scratch.remove();
}

async function sabotage(): Promise<boolean> {
  if (!(await controlIsGreen())) return false;
  let caught = 0;
  for (const patch of patches) {
    if (await isCaught(patch)) caught += 1;
  }
  console.log(`\ncaught ${caught} / tried ${patches.length}`);
  return caught === patches.length && patches.length > 0;
}

/** Without a patch every suite is green: what is red after one is red because of it. */
async function controlIsGreen(): Promise<boolean> {
  const suites = new Set<Suite>(patches.map(({ suite }) => suite));
  for (const suite of suites) {
    const { green, output, seconds } = await runSuite(suite, scratch.folder);
    console.log(`${green ? 'green' : 'RED'}    ${suite} unharmed (${seconds.toFixed(1)} s)`);
    if (!green) {
      console.log(output.slice(-4_000));
      return false;
    }
  }
  return true;
}

async function isCaught(patch: Patch): Promise<boolean> {
  try {
    const takeBack = await scratch.apply(patch);
    const { green, seconds } = await runSuite(patch.suite, scratch.folder);
    await takeBack();
    console.log(`${green ? 'ESCAPED' : 'caught '} ${patch.name} (${patch.suite}, ${seconds.toFixed(1)} s)`);
    return !green;
  } catch (error) {
    console.log(`UNFIT   ${(error as Error).message}`);
    return false;
  }
}
