import type { Memory } from './transact';

/** A mirrored alarm further past than this has fired or is lost: it counts as none. */
const STALE = 30_000;

/**
 * The object's one alarm. `getAlarm` can't be asked inside a transaction, so its time is mirrored in memory: read once
 * at start-up, followed from then on. The alarm is never later than the earliest due time; an earlier one fires, looks
 * and is armed again, unless it is postponed. Source: protocols §1.
 */
export class AlarmClock implements Memory {
  readonly #storage: DurableObjectStorage;
  #at: number | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Reads the alarm that an earlier instance left. */
  async wake(): Promise<void> {
    this.#at = await this.#storage.getAlarm();
  }

  /** When it goes off (ms), as far as is known; null where it is not set. */
  get at(): number | null {
    return this.#at;
  }

  /** Whether it is set, and has not been lost. */
  stands(now: number): boolean {
    return this.#at !== null && this.#at >= now - STALE;
  }

  /** Whether it goes off within `ms`. */
  rings(now: number, ms: number): boolean {
    return this.stands(now) && (this.#at ?? Number.POSITIVE_INFINITY) <= now + ms;
  }

  /** The alarm is going off, or what was set was rolled back: none is known of until it is armed again. */
  forget(): void {
    this.#at = null;
  }

  /** Sets the alarm to `due` (ms), unless it goes off sooner. The last statement of a transaction. */
  arm(due: number, now: number): void {
    if (due === Number.POSITIVE_INFINITY) return;
    if (this.stands(now) && (this.#at ?? due) <= due) return;
    this.#set(due);
  }

  /**
   * Moves the alarm to `due` (ms), later or earlier; Infinity takes it away. For whoever knows all that is due: `due` is
   * the earliest of it. Costs a row, and nothing where the alarm stands there already. One that is not known to stand,
   * after a transaction that was rolled back, is set or taken away all the same. No answer waits for the disk to have a
   * later time: a crash leaves the earlier one, which fires and looks.
   */
  postpone(due: number): void {
    if (due !== Number.POSITIVE_INFINITY) {
      const later = this.#at !== null && due > this.#at;
      if (this.#at !== due) this.#set(due, { allowUnconfirmed: later });
      return;
    }
    void this.#storage.deleteAlarm();
    this.#at = null;
  }

  #set(due: number, options?: DurableObjectSetAlarmOptions): void {
    void this.#storage.setAlarm(due, options);
    this.#at = due;
  }
}
