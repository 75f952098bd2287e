import type { AlarmClock } from '../kit/alarm-clock';
import type { WebhookStore } from './webhook-store';

/** A change of an endpoint's settings that no poke need tell of: it is a row, and the alarm looks for it. */
export class ChangeToCome {
  readonly #store: WebhookStore;
  readonly #clock: AlarmClock;
  readonly #transact: (work: () => void) => void;

  constructor(store: WebhookStore, clock: AlarmClock, transact: (work: () => void) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#transact = transact;
  }

  /** The change is to come by `at`. What nobody keeps has nothing to look for. */
  expect(at: number): void {
    if (this.#store.state() === null) return;
    this.#transact(() => {
      this.#store.lookAt(at);
      this.#clock.arm(at, Date.now());
    });
  }

  isDue(now: number): boolean {
    return (this.#store.state()?.look_at ?? Number.POSITIVE_INFINITY) <= now;
  }

  /** A run that began at `began` has looked for it. What is to come after that is still to be looked for. */
  looked(began: number): void {
    const at = this.#store.state()?.look_at ?? null;
    if (at === null) return;
    if (at > began) this.#clock.arm(at, Date.now());
    else this.#transact(() => this.#store.lookAt(null));
  }
}
