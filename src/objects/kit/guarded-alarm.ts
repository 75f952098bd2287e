import { log } from '../../log';
import type { AlarmClock } from './alarm-clock';

/** How long after a run that broke the next one comes (ms), doubled each time. */
const FIRST = 2_000;
const MOST = 60_000;

/**
 * An object's alarm run, guarded. The runtime forgets an alarm whose run has thrown seven times: so none throws, and one
 * that broke is armed again by the object itself, for as long as it takes.
 */
export class GuardedAlarm {
  readonly #clock: AlarmClock;
  readonly #about: () => Record<string, unknown>;
  #broken = 0;

  /** `about` is what the log says of the object beside the cause. */
  constructor(clock: AlarmClock, about: () => Record<string, unknown>) {
    this.#clock = clock;
    this.#about = about;
  }

  /** Does what the alarm is for. Never throws. */
  async run(work: () => Promise<void>): Promise<void> {
    this.#clock.forget();
    try {
      await work();
      this.#broken = 0;
    } catch (cause) {
      const now = Date.now();
      this.#clock.arm(now + Math.min(FIRST * 2 ** this.#broken, MOST), now);
      this.#broken += 1;
      log('error', 'alarm_failed', { ...this.#about(), cause });
    }
  }
}
