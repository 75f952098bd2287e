import type { Config, Env } from '../config';
import { isFresh } from '../domain/base/time';
import { CREDENTIAL_LIFE } from '../services/access/authenticate';
import { sha256 } from '../services/ids/secrets';
import { Lru } from '../services/lru';
import { householdOf } from './address';

/** Counts requests by whose they are: the platform's binding. */
export type RequestCounter = NonNullable<Env['SHIELD']>;

/** The window that requests are counted in (ms), aligned to the clock. The platform's binding is set to the same. */
export const SHIELD_WINDOW = 10_000;
/** Credentials that are known to be good, and the characters they have in all. */
const KNOWN_CREDENTIALS = 20_000;
const KNOWN_CHARACTERS = 8_000_000;
/** Whose requests are counted in a window by an isolate; whoever comes beyond them is let through. */
const COUNTED = 50_000;

/**
 * Stands before all that a request costs. A credential answers for its requests once it was found good, and again every
 * half minute; until then their address does, so that guesses count for whoever guesses.
 */
export class Shield {
  readonly #counter: RequestCounter | null;
  readonly #own: IsolateCounter;
  readonly #known = new Lru<{ name: string; at: number }>(KNOWN_CREDENTIALS, KNOWN_CHARACTERS);

  /** Without a `counter` the isolate counts by itself, `most` in a window. */
  constructor(counter: RequestCounter | null, most: number) {
    this.#counter = counter;
    this.#own = new IsolateCounter(most);
  }

  /** Whose a request is; null where nobody can tell. `addressOf` is asked where the credential does not tell it. */
  nameOf(credential: string | null, addressOf: () => string | null, now: number): string | null {
    const known = credential === null ? undefined : this.#known.get(credential);
    if (known !== undefined && isFresh(known.at, now, CREDENTIAL_LIFE)) return known.name;
    const address = addressOf();
    return address === null ? null : `address ${householdOf(address)}`;
  }

  /** Whether another request of whoever has this name may come. */
  admits(name: string, now: number): boolean | Promise<boolean> {
    if (this.#counter === null) return this.#own.admits(name, now);
    return this.#counter.limit({ key: name }).then(({ success }) => success);
  }

  /** A credential was found good at `now`. No secret is a name. */
  found(credential: string, now: number): void | Promise<void> {
    const known = this.#known.get(credential);
    if (known === undefined) return this.#enter(credential, now);
    known.at = now;
  }

  async #enter(credential: string, now: number): Promise<void> {
    const name = `credential ${await sha256(credential)}`;
    this.#known.set(credential, { name, at: now }, credential.length);
  }
}

/** How long until the window at `now` is over (whole seconds, one at least). */
export function windowEnds(now: number): number {
  return Math.max(Math.ceil((SHIELD_WINDOW - (now % SHIELD_WINDOW)) / 1_000), 1);
}

const shields = new WeakMap<Config, Shield>();

export function shieldOf({ SHIELD }: Pick<Env, 'SHIELD'>, config: Config): Shield {
  const made = shields.get(config) ?? new Shield(SHIELD ?? null, config.shieldLimit);
  shields.set(config, made);
  return made;
}

class IsolateCounter {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(most: number) {
    this.#most = most;
  }

  admits(name: string, now: number): boolean {
    const window = Math.floor(now / SHIELD_WINDOW);
    if (window !== this.#window) this.#counts.clear();
    this.#window = window;
    const count = (this.#counts.get(name) ?? 0) + 1;
    if (count > 1 || this.#counts.size < COUNTED) this.#counts.set(name, count);
    return count <= this.#most;
  }
}
