import type { JSONWebKeySet, JWTPayload, JWTVerifyOptions } from 'jose';
import { JOSEError, JWKSNoMatchingKey, JWSSignatureVerificationFailed } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { jwtVerify } from 'jose/jwt/verify';
import { log } from '../../../log';
import type { KeepAlive } from '../../keep-alive';
import { SharedAsks } from './shared-asks';

/** Keys this old are fetched anew, if that can be done (ms). */
const OLD = 300_000;
/** Keys this old are believed no more: one may have been withdrawn. */
const OLDEST = 600_000;
/** Keys are fetched once in this time at most, whoever names unknown ones; a new one is known after it at the latest (ms). */
const PAUSE = 10_000;

/** Kinds of signatures that only the holder of a private key makes. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** What a JWT says; null for one that says nothing, `away` where its key can't be looked up now. */
export type VerifiedJwt = JWTPayload | 'away' | null;

/** The public keys of one issuer, as this isolate has lately seen them. */
export class KeySet {
  readonly #fetch: () => Promise<JSONWebKeySet | null>;
  readonly #asks: SharedAsks<void>;
  #find: ReturnType<typeof createLocalJWKSet> | null = null;
  /** When the fetch of them began, and that of the last try. */
  #asked = Number.NEGATIVE_INFINITY;
  #tried = Number.NEGATIVE_INFINITY;

  /** `fetch` answers the keys, null where they can't be had now; nobody waits longer than `patience` (ms) for it. */
  constructor(fetch: () => Promise<JSONWebKeySet | null>, patience: number) {
    this.#fetch = fetch;
    this.#asks = new SharedAsks<void>(patience, undefined);
  }

  /** What `jwt` says at `now`, if one of the keys signed it and `options` are met. */
  async verify(
    jwt: string,
    options: JWTVerifyOptions,
    now: number,
    keepAlive: KeepAlive,
  ): Promise<VerifiedJwt> {
    if (Math.abs(now - this.#asked) >= OLD) await this.#renew(now, keepAlive);
    if (this.#find === null || Math.abs(now - this.#asked) >= OLDEST) return 'away';
    const said = await this.#read(jwt, options, now);
    if (said !== 'unsigned') return said;
    const known = this.#asked;
    await this.#renew(now, keepAlive);
    // A key that is not known may be one that could not be fetched.
    if (this.#asked === known) return this.#tried !== known ? 'away' : null;
    const again = await this.#read(jwt, options, now);
    return again === 'unsigned' ? null : again;
  }

  /** The same, `unsigned` where none of the known keys made the signature. */
  async #read(jwt: string, options: JWTVerifyOptions, now: number): Promise<VerifiedJwt | 'unsigned'> {
    if (this.#find === null) return 'away';
    try {
      const { payload } = await jwtVerify(jwt, this.#find, {
        ...options,
        algorithms: ALGORITHMS,
        currentDate: new Date(now),
      });
      return payload;
    } catch (cause) {
      if (cause instanceof JWKSNoMatchingKey) return 'unsigned';
      if (cause instanceof JWSSignatureVerificationFailed) return 'unsigned';
      if (cause instanceof JOSEError) return null;
      log('warn', 'session_key_unusable', { cause });
      return 'away';
    }
  }

  async #renew(now: number, keepAlive: KeepAlive): Promise<void> {
    const underWay = this.#asks.has('keys');
    if (!underWay && Math.abs(now - this.#tried) < PAUSE) return;
    if (!underWay) this.#tried = now;
    await this.#asks.ask('keys', () => this.#take(now), keepAlive);
  }

  async #take(now: number): Promise<void> {
    const keys = await this.#fetch();
    if (keys === null) return;
    this.#find = createLocalJWKSet(keys);
    this.#asked = now;
  }
}

/** The keys in an issuer's answer; null where there are none. */
export function keysIn(json: unknown): JSONWebKeySet | null {
  const { keys } = (json ?? {}) as { keys?: unknown };
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key?.kty === 'string');
  return areKeys ? { keys } : null;
}
