import { MINUTE } from '../domain/base/time';

/** So many refusals of a code write a line of their own in a minute; those beyond are counted. */
export const LINES_A_MINUTE = 60;

/** What an ended minute had of a code beyond its lines. */
export interface Excess {
  code: string;
  /** All of them, those with a line included. */
  count: number;
  /** When the minute began (ms since 1970). */
  since: number;
}

/** How often an isolate refuses, by code: a flood of refusals is one line a minute, not one each. */
export class RefusalRate {
  #since = 0;
  readonly #counts = new Map<string, number>();

  /** Counts a refusal at `now`, after `ended(now)`; whether it writes a line of its own. */
  admits(code: string): boolean {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    return count <= LINES_A_MINUTE;
  }

  /** Begins a minute where the last is over, and answers what that one had beyond its lines. */
  ended(now: number): Excess[] {
    if (now - this.#since < MINUTE && now >= this.#since) return [];
    const since = this.#since;
    const excess = [...this.#counts].filter(([, count]) => count > LINES_A_MINUTE);
    this.#since = now;
    this.#counts.clear();
    return excess.map(([code, count]) => ({ code, count, since }));
  }
}
