import type { Report } from '../../client/index.ts';
import type { Count } from '../../domain/line/count';

/** Where a share is told of a job that has no total. */
const HUNDRED = 100;

/** Makes reports of the counts that a command tells. A share is one of its job’s total; where it has none that becomes 100. */
export class ToldCounts {
  /** What was said of the total here; 0 where nothing was. */
  #total: number;
  /** The job’s own total; undefined while nobody knows. */
  readonly #known: () => number | undefined;
  /** The last share that was told before the total was known. */
  #share: Count | undefined;

  constructor(total: number, known: () => number | undefined) {
    this.#total = total;
    this.#known = known;
  }

  /** Whether a share waits for the total to be known. */
  get waits(): boolean {
    return this.#share !== undefined;
  }

  /** What is to be reported: of the newest count, or of a share that has waited. */
  reportOf(count: Count | undefined = this.#share): Report {
    this.#share = undefined;
    if (count === undefined) return {};
    if (!('hundredths' in count)) return this.#of(count.processed, count.total ?? 0);
    const known = this.#total || this.#known();
    if (known !== undefined) {
      const total = known || HUNDRED;
      return this.#of(Math.floor((total * count.hundredths) / 10_000), known === 0 ? HUNDRED : 0);
    }
    this.#share = count;
    return {};
  }

  /** A total is told where it is another than was told last. */
  #of(processed_items: number, total: number): Report {
    if (total === 0 || total === this.#total) return { processed_items };
    this.#total = total;
    return { total_items: total, processed_items };
  }
}
