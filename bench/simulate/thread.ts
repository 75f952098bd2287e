/** One thread of the simulation: is handed seeds, answers what became of them, ends when there are none. */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Machine, Outcome } from '../../test/simulation/machine.ts';
import { machine } from './machine.ts';

interface Bundle {
  SIMULATIONS: Record<string, (seed: number, machine: Machine) => Promise<Outcome>>;
}

const { bundle, name } = workerData as { bundle: string; name: string };
const { SIMULATIONS } = (await import(pathToFileURL(bundle).href)) as Bundle;
const simulate = SIMULATIONS[name];
if (simulate === undefined) throw new Error(`there is no simulation of ${name}`);

// What an object fetches is the simulation's to answer: nothing leaves the machine.
globalThis.fetch = () => {
  throw new Error('an object has passed the simulated network by');
};

// What a crashed instance had still in mind ends here; any other rejection that nobody handles is a bug.
process.on('unhandledRejection', (cause) => {
  if ((cause as Error).message !== 'this instance has crashed') throw cause;
});

parentPort?.on('message', async (seeds: number[] | null) => {
  if (seeds === null) {
    parentPort?.close();
    return;
  }
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await simulate(seed, machine));
  parentPort?.postMessage(outcomes);
});
