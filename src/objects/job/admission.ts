import type { Rejection } from '../../domain/base/rejection';
import type { CreationTerms } from '../../domain/feed/publication';
import type { JobUpkeep } from './job-upkeep';
import type { Publisher } from './publisher';

/**
 * A job that was just made is stored, and then told to its index, which may refuse it: the same call as ever, one more word
 * in it. Until that is settled nobody is told of the job; where it is refused nothing is left of it, so that its key makes
 * it another time.
 */
export class Admission {
  readonly #publisher: Pick<Publisher, 'offer' | 'settle' | 'typicalSeconds'>;
  readonly #upkeep: Pick<JobUpkeep, 'published' | 'vanish' | 'learn'>;
  #underWay: Promise<unknown> | null = null;

  constructor(publisher: Publisher, upkeep: JobUpkeep) {
    this.#publisher = publisher;
    this.#upkeep = upkeep;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== null;
  }

  /** Resolves in a turn in which none is under way. */
  async settled(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
  }

  /** Publishes the job. Why the index has refused it under `terms`; null where the job stands, an index that is away included. */
  async ask(terms: CreationTerms | null): Promise<Rejection | null> {
    const refusal = this.#run(terms);
    const over = () => {
      this.#underWay = null;
    };
    this.#underWay = refusal.then(over, over);
    return refusal;
  }

  async #run(terms: CreationTerms | null): Promise<Rejection | null> {
    this.#publisher.offer(terms);
    await this.#upkeep.published();
    const refusal = this.#publisher.settle();
    const { typicalSeconds } = this.#publisher;
    if (refusal !== null) await this.#upkeep.vanish();
    if (refusal === null && typicalSeconds !== null) this.#upkeep.learn(typicalSeconds);
    return refusal;
  }
}
