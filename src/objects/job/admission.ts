import type { Rejection } from '../../domain/base/rejection';
import type { CreationTerms } from '../../domain/feed/publication';
import type { JobUpkeep } from './job-upkeep';
import type { PublicationUpkeep } from './publication-upkeep';
import type { Publisher } from './publisher';

/** What an admission asks of its object. */
export interface AdmissionParts {
  publisher: Pick<Publisher, 'offer' | 'settle' | 'typicalSeconds'>;
  publications: Pick<PublicationUpkeep, 'published' | 'learn'>;
  upkeep: Pick<JobUpkeep, 'vanish'>;
}

/**
 * A job that was just made is stored, and then told to its index, which may refuse it: the same call as ever, one more word
 * in it. Until that is settled nobody is told of the job; where it is refused nothing is left of it, so that its key makes
 * it another time.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  #underWay: Promise<unknown> | null = null;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
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
    const { publisher, publications, upkeep } = this.#parts;
    publisher.offer(terms);
    await publications.published();
    const refusal = publisher.settle();
    const { typicalSeconds } = publisher;
    if (refusal !== null) await upkeep.vanish();
    if (refusal === null && typicalSeconds !== null) publications.learn(typicalSeconds);
    return refusal;
  }
}
