/** One attack on a service of its own, and what it cost the victim beside it. */
import { type ChildProcess, fork } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Attack, Outcome } from './attack.ts';
import type { Order, Word } from './attacker.ts';
import { Besieged } from './besieged.ts';
import { LEFT, LEFT_AGAIN, Memory, type MemorySample, OBJECT } from './memory.ts';
import { type Sample, Victim } from './victim.ts';

export interface Siege {
  attack: string;
  /** The victim's p99 is to stay within so many times what it is alone; null for any. */
  factor: number | null;
  /** The victim right before the attack, on the same service. */
  alone: Sample;
  /** Beside it. */
  victim: Sample;
  memory: MemorySample;
  /** Objects that the attack has opened, where it is about those. */
  objects: number;
  outcome: Outcome;
  /** What ended the process; null where it lives. */
  end: string | null;
}

export interface SiegePlan {
  folder: string;
  bundleDir: string;
  /** How long an attack lasts, and how long the victim is looked at before it. */
  seconds: number;
  alone: number;
  short: boolean;
}

/** Steps of niceness. More, and on a busy machine the attack would not come about. */
const GIVES_WAY = 3;

/**
 * The attack for `seconds`, then up to half a minute for what it left in memory. Where that stays, the same comes once more:
 * a process that has grown warm stays as it is, one that forgets nothing grows again.
 */
export async function siegeOf(attack: Attack, plan: SiegePlan, name: string): Promise<Siege> {
  const besieged = await Besieged.start(join(plan.folder, name), plan.bundleDir, attack.settings);
  try {
    const first = await wave(besieged, attack, plan, '', (objects) => LEFT + objects * OBJECT.kept);
    if (first.memory.backAfter !== null || first.end !== null) return first;
    const { memory, outcome, end } = await wave(
      ...([besieged, attack, plan, '-again'] as const),
      (objects) => LEFT_AGAIN + objects * OBJECT.keptAgain,
    );
    const peak = Math.max(first.memory.peak, memory.peak);
    const faults = [...first.outcome.faults, ...outcome.faults];
    return {
      ...first,
      memory: { ...memory, before: first.memory.before, peak },
      outcome: { ...first.outcome, faults },
      end,
    };
  } finally {
    await besieged.leave();
  }
}

async function wave(
  besieged: Besieged,
  attack: Attack,
  plan: SiegePlan,
  suffix: string,
  left: (objects: number) => number,
): Promise<Siege> {
  const { short } = plan;
  const seconds = short ? plan.seconds : Math.max(plan.seconds, attack.least ?? 0);
  const attacker = new Attacker();
  try {
    const target = await besieged.enroll(`attacker${suffix}`);
    await attacker.prepare({ attack: attack.name, target, short });
    const victim = await Victim.settle(await besieged.enroll(`victim${suffix}`), besieged.pid);
    const alone = await victim.work(sleep(plan.alone * 1_000));
    const memory = new Memory(() => besieged.resident);
    const attacking = attacker.attack(seconds);
    const sample = await victim.work(attacking);
    const outcome = await attacking;
    const objects = attack.opens === undefined ? 0 : (outcome.counts[attack.opens] ?? 0);
    attacker.end();
    victim.leave();
    const settled = await memory.settle(left(objects));
    const errors = (await besieged.errors()).map((line) => `logged: ${line}`);
    const faults = [...outcome.faults, ...errors];
    return {
      attack: attack.name,
      factor: attack.factor ?? null,
      alone,
      victim: sample,
      memory: settled,
      objects,
      end: besieged.end,
      outcome: { counts: outcome.counts, faults },
    };
  } finally {
    attacker.end();
  }
}

class Attacker {
  readonly #process: ChildProcess = fork(fileURLToPath(new URL('attacker.ts', import.meta.url)));
  readonly #killWithUs = () => this.#process.kill('SIGKILL');
  readonly #words: Word[] = [];
  #heard: () => void = () => {};

  constructor() {
    process.once('exit', this.#killWithUs);
    // It shares the machine with what it attacks, which elsewhere it would not.
    setPriority(this.#process.pid ?? 0, Math.min(19, getPriority() + GIVES_WAY));
    this.#process.on('message', (word: Word) => this.#hear(word));
    this.#process.once('exit', (code, signal) =>
      this.#hear({ word: 'failed', why: `ended: ${signal ?? code}` }),
    );
  }

  async prepare(orders: Extract<Order, { order: 'prepare' }>['orders']): Promise<void> {
    this.#order({ order: 'prepare', orders });
    await this.#word();
  }

  async attack(seconds: number): Promise<Outcome> {
    this.#order({ order: 'go' });
    const stop = setTimeout(() => this.#order({ order: 'stop' }), seconds * 1_000);
    const word = await this.#word().finally(() => clearTimeout(stop));
    return word.word === 'over' ? word.outcome : { counts: {}, faults: ['it did not end'] };
  }

  end(): void {
    process.off('exit', this.#killWithUs);
    this.#process.kill('SIGKILL');
  }

  #order(order: Order): void {
    if (this.#process.connected) this.#process.send(order);
  }

  #hear(word: Word): void {
    this.#words.push(word);
    this.#heard();
  }

  async #word(): Promise<Word> {
    while (this.#words.length === 0) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    const word = this.#words.shift() as Word;
    if (word.word === 'failed') throw new Error(`the attack itself failed: ${word.why}`);
    return word;
  }
}
