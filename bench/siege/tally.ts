import type { Outcome } from './attack.ts';

/** Statuses that refuse in good order, though they are the server's. */
const GOOD_REFUSALS = new Set([501, 503, 505]);

/** Counts what an attack met. A 500 is a fault of the service whatever was asked for. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #faults = new Set<string>();

  answered(status: number, what: string): void {
    this.did(String(status));
    if (status >= 500 && !GOOD_REFUSALS.has(status)) this.fault(`${what}: ${status}`);
  }

  did(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  fault(what: string): void {
    if (this.#faults.size < 20) this.#faults.add(what.slice(0, 300));
  }

  /** What of a proof is still to be met. */
  lacking(proof: Readonly<Record<string, number>>): string[] {
    return Object.entries(proof)
      .filter(([what, least]) => (this.#counts.get(what) ?? 0) < least)
      .map(([what, least]) => `${this.#counts.get(what) ?? 0} ${what}, ${least} would be an attack`);
  }

  get outcome(): Outcome {
    return { counts: Object.fromEntries(this.#counts), faults: [...this.#faults] };
  }
}
