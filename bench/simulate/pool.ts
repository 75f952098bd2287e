/** Runs seeds on several threads, each with a bundle of the simulation of its own. */
import { Worker } from 'node:worker_threads';
import type { Outcome } from '../../test/simulation/machine.ts';

/** Seeds handed to a thread at a time. */
const PORTION = 25;

/** Runs `seeds` of the simulation `name` on `threads` threads and tells `tell` of each. */
export async function runSeeds(
  bundle: string,
  name: string,
  threads: number,
  seeds: Iterable<number>,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const portion = () => [...take(left, PORTION)];
  await Promise.all(Array.from({ length: threads }, () => runThread(bundle, name, portion, tell)));
}

function runThread(
  bundle: string,
  name: string,
  portion: () => number[],
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData: { bundle, name } });
  const next = () => {
    const seeds = portion();
    worker.postMessage(seeds.length === 0 ? null : seeds);
  };
  return new Promise((resolve, reject) => {
    worker.on('message', (outcomes: Outcome[]) => {
      for (const outcome of outcomes) tell(outcome);
      next();
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`)),
    );
    next();
  });
}

function* take(items: Iterator<number>, count: number): Generator<number> {
  for (let taken = 0; taken < count; taken++) {
    const { done, value } = items.next();
    if (done) return;
    yield value;
  }
}
