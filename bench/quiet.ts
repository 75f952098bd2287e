/** Whether the processes that are to be measured still work on what came before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { demandMs } from './processor.ts';

export interface Quiet {
  /** The share of one core that they used in the last window, or would have but for others: 0–1 and beyond. */
  busy: number;
  /** How long they were waited for (ms). */
  waited: number;
  /** Whether `busy` fell below the bound before the patience was over. */
  reached: boolean;
}

/** The window that is looked at (ms). */
const WINDOW = 200;
/** The share of a core from which on processes are busy in it: what waits for a slow disk all the time uses little more. */
const BOUND = 0.02;
/** How long processes are waited for (ms). */
const PATIENCE = 6_000;

/** Resolves once processes and their descendants are quiet, or when the patience is over: it says which. */
export function untilQuiet(pids: readonly number[]): Promise<Quiet> {
  return untilBelow(() => demandMs(pids), PATIENCE);
}

/** The same of anything that counts processor time (ms). */
export async function untilBelow(used: () => number, patience: number, window = WINDOW): Promise<Quiet> {
  const began = performance.now();
  for (;;) {
    const [before, from] = [used(), performance.now()];
    await sleep(window);
    const now = performance.now();
    const [busy, waited] = [(used() - before) / (now - from), now - began];
    if (busy < BOUND || waited >= patience) return { busy, waited, reached: busy < BOUND };
  }
}
