/** The process of one attack: what it opened is gone when it ends, and what it computes is not the victim's time. */
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

const calledOff = new AbortController();
let assault: Promise<() => Promise<Outcome>>;

process.on('message', async (message: Order) => {
  try {
    if (message.order === 'stop') return calledOff.abort();
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
  return async () => {
    await Promise.race([run(calledOff.signal), late()]);
    return ground.tally.outcome;
  };
}

function late(): Promise<void> {
  return new Promise((resolve) => {
    calledOff.signal.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS).unref());
  });
}

function say(word: Word): void {
  process.send?.(word);
}
