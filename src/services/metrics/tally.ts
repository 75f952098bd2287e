import type { RejectionCode } from '../../domain/base/rejection';
import { Lru } from '../lru';

/** Organizations whose counts are kept; of one that is forgotten they begin anew. */
const MOST = 1_000;

/** What one isolate has counted, from its beginning on, or an organization's part of it. */
export interface IsolateCounts {
  /** By the first digit of their status. */
  answers: Partial<Record<number, number>>;
  refusals: Partial<Record<RejectionCode, number>>;
  /** Reports that were taken, those of batches and sockets one by one. */
  reports: number;
}

const none = (): IsolateCounts => ({ answers: {}, refusals: {}, reports: 0 });

/** Counts requests and reports, all together and for each organization. */
export class Tally {
  readonly all = none();
  readonly #each = new Lru<IsolateCounts>(MOST, MOST);

  /** A request of an organization, or of nobody who is known, was answered. */
  answered(organization: string | null, status: number, refused: RejectionCode | null): void {
    const digit = Math.floor(status / 100);
    for (const { answers, refusals } of this.#countsOf(organization)) {
      answers[digit] = (answers[digit] ?? 0) + 1;
      if (refused !== null) refusals[refused] = (refusals[refused] ?? 0) + 1;
    }
  }

  reported(organization: string, count: number): void {
    for (const counts of this.#countsOf(organization)) counts.reports += count;
  }

  /** An organization's part. */
  of(organization: string): IsolateCounts {
    return this.#each.get(organization) ?? none();
  }

  #countsOf(organization: string | null): IsolateCounts[] {
    if (organization === null) return [this.all];
    let own = this.#each.get(organization);
    if (own === undefined) {
      own = none();
      this.#each.set(organization, own, 1);
    }
    return [this.all, own];
  }
}

/** Of this isolate. */
export const tally = new Tally();
