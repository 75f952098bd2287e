import { within } from '../../../within';
import type { KeepAlive } from '../../keep-alive';

/**
 * Asks that requests share while they are under way: whoever asks for the same meanwhile is answered with the first. Plain
 * data alone is shared, the asker keeps the ask alive, and nobody waits longer than `patience` ms. Source: protocols §4.
 */
export class SharedAsks<Answer> {
  readonly #patience: number;
  readonly #late: Answer;
  readonly #underWay = new Map<string, Promise<Answer>>();

  /** `late` stands for an answer that does not come in time. */
  constructor(patience: number, late: Answer) {
    this.#patience = patience;
    this.#late = late;
  }

  has(name: string): boolean {
    return this.#underWay.has(name);
  }

  async ask(name: string, make: () => Promise<Answer>, keepAlive: KeepAlive): Promise<Answer> {
    const work = this.#underWay.get(name) ?? this.#begin(name, make, keepAlive);
    if (await within(work, this.#patience)) return work;
    this.#end(name, work);
    return this.#late;
  }

  #begin(name: string, make: () => Promise<Answer>, keepAlive: KeepAlive): Promise<Answer> {
    const work: Promise<Answer> = make().finally(() => this.#end(name, work));
    this.#underWay.set(name, work);
    keepAlive(work.catch(() => undefined));
    return work;
  }

  #end(name: string, work: Promise<Answer>): void {
    if (this.#underWay.get(name) === work) this.#underWay.delete(name);
  }
}
