/** The process of one attack: what it opened is gone when it ends, and what it computes is not the victim's time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../load.ts';
import type { Outcome } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { Ground } from './ground.ts';

export interface Orders {
  attack: string;
  target: Target;
  short: boolean;
}

/** `attack` prepares; `go` begins it; `stop` calls it off. */
export type Order = { order: 'prepare'; orders: Orders } | { order: 'go' } | { order: 'stop' };
export type Word = { word: 'ready' } | { word: 'over'; outcome: Outcome } | { word: 'failed'; why: string };

/** A request that can't be answered any more holds nobody up for longer (ms). */
const LAST_WORDS = 35_000;

/** How long an attack goes on that is not proven when it is called off (ms): a busy machine lets it come about later. */
const GRACE = 20_000;

const calledOff = new AbortController();
let isProven = () => true;
let assault: Promise<() => Promise<Outcome>>;

process.on('message', async (message: Order) => {
  try {
    if (message.order === 'stop') return await callOff();
    if (message.order === 'prepare') {
      assault = prepare(message.orders);
      await assault;
      return say({ word: 'ready' });
    }
    say({ word: 'over', outcome: await (await assault)() });
  } catch (cause) {
    say({ word: 'failed', why: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  }
});

async function prepare({ attack: name, target, short }: Orders): Promise<() => Promise<Outcome>> {
  const attack = ATTACKS.find((one) => one.name === name);
  if (attack === undefined) throw new Error(`there is no attack ${name}`);
  const ground = new Ground(target, short);
  const run = await attack.prepare(ground);
  isProven = () => ground.tally.lacking(attack.proof).length === 0;
  return async () => {
    await Promise.race([run(calledOff.signal), late()]);
    for (const lack of ground.tally.lacking(attack.proof))
      ground.tally.fault(`it did not come about: ${lack}`);
    return ground.tally.outcome;
  };
}

async function callOff(): Promise<void> {
  for (const began = performance.now(); !isProven() && performance.now() - began < GRACE; ) await sleep(50);
  calledOff.abort();
}

function late(): Promise<void> {
  return new Promise((resolve) => {
    calledOff.signal.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS).unref());
  });
}

function say(word: Word): void {
  process.send?.(word);
}
