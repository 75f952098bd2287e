import type { Host, Wakeful } from './host';
import { Crashed } from './storage';
import type { World } from './world';

/** What a client learns of its request: the answer, or nothing at all. */
export type Heard<Answer> = { answer: Answer } | null;

/** Sends requests over a network that loses them, doubles those that may be repeated, and loses answers. */
export class Client {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** One try. `repeatable` requests may arrive twice. */
  async ask<Instance extends Wakeful, Answer>(
    host: Host<Instance>,
    repeatable: boolean,
    work: (instance: Instance) => Promise<Answer>,
  ): Promise<Heard<Answer>> {
    const world = this.#world;
    await world.sleep(world.random.between(0, 10));
    if (world.fault(0.05)) return null;
    if (repeatable && world.fault(0.1)) {
      world.at(world.now + world.random.between(0, 5_000), () => void host.call(work).catch(() => {}));
    }
    if (world.fault(0.05)) world.at(world.now + world.random.between(0, 12), () => host.crash());
    try {
      const answer = await host.call(work);
      world.counts.answers += 1;
      if (world.fault(0.08)) return null;
      await world.sleep(world.random.between(0, 10));
      return { answer };
    } catch (cause) {
      if (!(cause instanceof Crashed)) world.violated(`an object threw: ${(cause as Error).stack}`);
      return null;
    }
  }

  /** Tries until there is an answer. */
  async insist<Instance extends Wakeful, Answer>(
    host: Host<Instance>,
    work: (instance: Instance) => Promise<Answer>,
  ): Promise<Answer> {
    for (;;) {
      const heard = await this.ask(host, true, work);
      if (heard !== null) return heard.answer;
      await this.#world.sleep(this.#world.random.between(10, 2_000));
    }
  }
}
