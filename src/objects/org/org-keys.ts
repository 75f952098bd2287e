import { type ApiKey, type Grant, grantOf, isAlive, type KeyTerms } from '../../domain/access/api-key';
import { faultOfTerms, refuseExcess } from '../../domain/access/key-rules';
import { refuseBeyond } from '../../domain/access/quota';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import { HOUR, isFresh } from '../../domain/base/time';
import { log } from '../../log';
import type { Tables } from '../kit/tables';
import type { KeyAuthor, KeyChange, NewKey } from './contract';
import { type KeyPlace, KeyRegistry, type StoredKey } from './key-registry';
import type { OrgAudit } from './org-audit';

/** What of a key its organization is shown. */
type Answer = ApiKey | Rejection | 'revoked' | null;

/** An organization's API keys: who may make and change which, and what each opens. */
export class OrgKeys {
  readonly #keys: KeyRegistry;
  readonly #audit: OrgAudit;

  constructor(sql: SqlStorage, tables: Tables, audit: OrgAudit) {
    this.#keys = new KeyRegistry(sql, tables);
    this.#audit = audit;
  }

  /** Keeps a key by its digest, unless there are too many or whoever makes it may not. */
  make(
    { key_id, name, digest, created_by, ...terms }: NewKey,
    by: KeyAuthor,
    limit: number,
    now: number,
    trace?: AuditTrace,
  ): Answer {
    const author = this.#termsOf(by, now);
    if (author === 'revoked') return author;
    const bad = faultOfTerms(terms, now) ?? (author && refuseExcess(terms, null, author));
    if (bad !== null) return bad;
    return this.#audit.transact(() => {
      const full = refuseBeyond(this.#keys.alive(now), limit, 'keys in the organization', 'revoke one first');
      if (full !== null) return full;
      this.#keys.add({ key_id, name, digest, created_by, created_at: now, ...terms });
      this.#keys.forgetDead(now);
      this.#audit.record(trace, 'key.create', keyTarget(key_id), now, changesOf({}, { name, ...terms }));
      return this.#shown(key_id);
    });
  }

  /** Changes what `change` names of a key that stands. */
  change(keyId: string, change: KeyChange, by: KeyAuthor, now: number, trace?: AuditTrace): Answer {
    const key = this.#keys.get(keyId);
    if (key === null || !isAlive(key, now)) return null;
    const author = this.#termsOf(by, now);
    if (author === 'revoked') return author;
    const after = { ...key, ...change };
    const bad = faultOfTerms(after, now) ?? (author && refuseExcess(after, key, author));
    if (bad !== null) return bad;
    this.#audit.transact(() => {
      this.#keys.change(keyId, after);
      const changes = changesOf(key, after);
      if (changes.length > 0) this.#audit.record(trace, 'key.change', keyTarget(keyId), now, changes);
    });
    return this.#shown(keyId);
  }

  /** Has another secret open a key, and the one before for `grace` ms more. Whoever does holds the key from then on. */
  rotate(
    keyId: string,
    digest: string,
    grace: number,
    by: KeyAuthor,
    now: number,
    trace?: AuditTrace,
  ): Answer {
    const key = this.#keys.get(keyId);
    if (key === null || !isAlive(key, now)) return null;
    const author = this.#termsOf(by, now);
    if (author === 'revoked') return author;
    const bad = author && refuseExcess(key, null, author);
    if (bad !== null) return bad;
    this.#audit.transact(() => {
      this.#keys.rotate(key, digest, now + grace);
      this.#audit.record(trace, 'key.rotate', keyTarget(keyId), now, [{ field: 'secret' }]);
    });
    return this.#shown(keyId);
  }

  get(keyId: string): ApiKey | null {
    return this.#shown(keyId);
  }

  page(after: KeyPlace | null, limit: number): ApiKey[] {
    return this.#keys.page(after, limit).map(shown);
  }

  /** How many keys open something at `now`. */
  alive(now: number): number {
    return this.#audit.transact(() => this.#keys.alive(now));
  }

  /** Revokes a key, again too; false where there is none. The caller sets the transaction. */
  revoke(keyId: string, now: number, trace?: AuditTrace): boolean {
    const key = this.#keys.get(keyId);
    if (key === null) return false;
    if (key.revoked_at !== null) return true;
    this.#keys.revoke(keyId, now);
    this.#audit.record(trace, 'key.revoke', keyTarget(keyId), now);
    return true;
  }

  /** A key with all that it made, that they made, and so on: `alive` are those of them that it made and that open something. */
  family(keyId: string, now: number): { all: string[]; alive: string[] } {
    const made = this.#audit.transact(() => this.#keys.madeByKeys(now));
    const all = new Set([keyId]);
    // A set that grows is walked to its end.
    for (const maker of all) {
      for (const { key_id, by } of made) if (by === maker) all.add(key_id);
    }
    const alive = made.filter((key) => key.alive === 1 && key.key_id !== keyId && all.has(key.key_id));
    return { all: [...all], alive: alive.map(({ key_id }) => key_id) };
  }

  /** What the key with this id may do; null for one that is unknown, revoked or expired. */
  grant(keyId: string, salt: string, limits: boolean, now: number): Grant | null {
    const grant = grantOf(this.#keys.get(keyId), salt, now);
    return grant !== null && grant.job_types !== null && !limits ? null : grant;
  }

  /** The same for the key that one of its secrets opens, which is noted once an hour. */
  authenticate(keyId: string, digest: string, salt: string, limits: boolean, now: number): Grant | null {
    const key = this.#keys.get(keyId);
    if (key === null) return null;
    const until = secretUntil(key, digest);
    const grant = until === null || now < until ? this.grant(keyId, salt, limits, now) : null;
    if (grant === null) return null;
    this.#note(key, now);
    return until === null ? grant : { ...grant, until: Math.min(until, grant.until ?? until) };
  }

  #note({ key_id, last_used_at }: ApiKey, now: number): void {
    const hour = now - (now % HOUR);
    if (last_used_at !== null && isFresh(last_used_at, now, HOUR)) return;
    try {
      this.#audit.transact(() => this.#keys.used(key_id, hour));
    } catch (cause) {
      // A disk that takes nothing more keeps nobody out.
      log('warn', 'last_use_not_kept', { key_id, cause });
    }
  }

  /** What whoever makes or changes a key has itself, as its key stands by now; null for the operator, who may give anything. */
  #termsOf({ key_id, terms }: KeyAuthor, now: number): KeyTerms | 'revoked' | null {
    if (key_id === null) return terms;
    const key = this.#keys.get(key_id);
    return key !== null && isAlive(key, now) ? key : 'revoked';
  }

  #shown(keyId: string): ApiKey | null {
    const key = this.#keys.get(keyId);
    return key === null ? null : shown(key);
  }
}

function keyTarget(id: string) {
  return { type: 'key' as const, id };
}

/** What of a key a record shows: all that it may do, and never a digest. */
function changesOf(before: Partial<KeyTerms & { name: string }>, after: KeyTerms & { name: string }) {
  return auditChanges<ReturnType<typeof dated>>(dated(before), dated(after), [
    'name',
    'permissions',
    'job_types',
    'expires_at',
  ]);
}

function dated({ name, permissions, job_types, expires_at }: Partial<KeyTerms & { name: string }>) {
  const ends = expires_at ? new Date(expires_at).toISOString() : null;
  return { name, permissions, job_types, expires_at: ends };
}

/** Until when a secret opens its key: null where its own end is all, 0 for a secret that is none of its. */
function secretUntil(key: StoredKey, digest: string): number | null {
  if (digest === key.digest) return null;
  return digest === key.older_digest ? (key.older_secret_until ?? 0) : 0;
}

/** Without the digests. */
function shown({ digest: _digest, older_digest: _older, ...key }: StoredKey): ApiKey {
  return key;
}
