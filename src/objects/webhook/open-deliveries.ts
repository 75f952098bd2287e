import type { Message } from '../../domain/webhook/webhook';
import type { Parcel } from './delivery-log';

/** A delivery on its way. `dueAt` is the retry that it is, null for a first attempt. */
export interface Trip {
  parcel: Parcel;
  dueAt: number | null;
}

/**
 * What an endpoint has to send, and what of it is in flight. Only an attempt that was written down takes a delivery out
 * of what was never tried: one that could not be begun or written stays open, and the mark below it stays where it is.
 */
export class OpenDeliveries {
  /** Never tried, oldest first; those in flight are among them. */
  #untried: Parcel[] = [];
  readonly #flying = new Map<number, Trip>();
  readonly #slots: () => number;

  /** `slots` says how many may be in flight. */
  constructor(slots: () => number) {
    this.#slots = slots;
  }

  /** Starts with what the log has as never tried. */
  reload(parcels: readonly Parcel[]): void {
    this.#untried = [...parcels];
  }

  /** Adds deliveries that were never tried; one that is there already is left as it is. */
  add(parcels: readonly Parcel[]): void {
    const known = new Set(this.#untried.map(({ n }) => n));
    const news = parcels.filter(({ n }) => !known.has(n));
    this.#untried = [...this.#untried, ...news].sort((a, b) => a.n - b.n);
  }

  /** Deliveries that were never tried and are not in flight, of those that may go. */
  waiting(may: (parcel: Parcel) => boolean = () => true): number {
    return this.#untried.filter((parcel) => !this.#flying.has(parcel.n) && may(parcel)).length;
  }

  get flying(): number {
    return this.#flying.size;
  }

  /** The mark: every delivery up to it was tried. `next` is the number that the next delivery will have. */
  triedThrough(next: number): number {
    return Math.min(next, this.#untried[0]?.n ?? next) - 1;
  }

  /**
   * What to send next: of what is of no job in flight, the one that has been due longest; null where there is nothing or
   * no slot. `retries` answers those that are due by a time (ms), the longest due first; of what was never tried `may` says
   * which may go.
   */
  choose(
    now: number,
    retries: (dueBy: number) => Iterable<Trip>,
    may: (parcel: Parcel) => boolean = () => true,
  ): Trip | null {
    if (this.#flying.size >= this.#slots()) return null;
    const busy = new Set([...this.#flying.values()].map(({ parcel }) => parcel.job_id ?? ''));
    const free = ({ n, job_id }: Message & { n: number }) =>
      !this.#flying.has(n) && (job_id === null || !busy.has(job_id));
    const fresh = this.#untried.find((parcel) => free(parcel) && may(parcel));
    for (const retry of retries(Math.min(now, fresh?.queued_at ?? now))) {
      if (free(retry.parcel)) return retry;
    }
    return fresh === undefined ? null : { parcel: fresh, dueAt: null };
  }

  begin(trip: Trip): void {
    this.#flying.set(trip.parcel.n, trip);
  }

  /** An attempt has come to its end; `written` is whether the log knows. */
  end({ parcel, dueAt }: Trip, written: boolean): void {
    this.#flying.delete(parcel.n);
    if (written && dueAt === null) this.#untried = this.#untried.filter(({ n }) => n !== parcel.n);
  }
}
