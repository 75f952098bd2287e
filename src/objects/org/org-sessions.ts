import { refuseBeyond } from '../../domain/access/quota';
import { CODE_LIFE, KEY_SESSION_LIMIT, SESSION_LIFE, type Session } from '../../domain/access/session';
import { organizationSuspended } from '../../domain/access/standing';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import type { Tables } from '../kit/tables';
import type { NewSession, NewSignInCode, SessionGrant } from './contract';
import type { OrgAudit } from './org-audit';
import type { OrgKeys } from './org-keys';
import type { Profile } from './org-store';
import { type SessionPlace, SessionRegistry, type StoredSession } from './session-registry';
import { SignInCodeStore } from './sign-in-code-store';

/** An organization's sign-ins: each by one secret of one key, with what the key may, and gone with it. */
export class OrgSessions {
  readonly #keys: OrgKeys;
  readonly #sessions: SessionRegistry;
  readonly #codes: SignInCodeStore;
  readonly #audit: OrgAudit;

  constructor(sql: SqlStorage, tables: Tables, keys: OrgKeys, audit: OrgAudit) {
    this.#keys = keys;
    this.#sessions = new SessionRegistry(sql, tables);
    this.#codes = new SignInCodeStore(sql, tables);
    this.#audit = audit;
  }

  /** Signs in by a key, unless too many are; null where the key's secret opens nothing. */
  open(
    { session_id, digest, key_id, key_digest }: NewSession,
    salt: string,
    limit: number,
    now: number,
    trace?: AuditTrace,
  ): Session | Rejection | null {
    if (this.#keys.authenticate(key_id, key_digest, salt, true, now) === null) return null;
    return this.#audit.transact(() => {
      this.#sessions.removeEnded(now);
      const { all, ofKey } = this.#sessions.counts(key_id);
      const full =
        refuseBeyond(ofKey, KEY_SESSION_LIMIT, 'signed in by this key', 'sign one out first') ??
        refuseBeyond(all, limit, 'signed in to the organization', 'sign one out first');
      if (full !== null) return full;
      const expires_at = now + SESSION_LIFE;
      this.#sessions.add({ session_id, key_id, digest, key_digest, created_at: now, expires_at });
      const by = { field: 'key_id', from: null, to: key_id };
      this.#audit.record(trace, 'session.create', sessionTarget(session_id), now, [by]);
      const session = this.#sessions.get(session_id, now);
      return session === null ? null : shown(session);
    });
  }

  /** Keeps a code that signs in once, until the time that is answered; null where the key’s secret opens nothing. */
  makeCode(code: NewSignInCode, salt: string, now: number): number | Rejection | null {
    if (this.#keys.authenticate(code.key_id, code.key_digest, salt, true, now) === null) return null;
    return this.#audit.transact(() => {
      this.#codes.removeEnded(now);
      const full = refuseBeyond(
        this.#codes.count(code.key_id),
        KEY_SESSION_LIMIT,
        'codes of this key waiting to sign in',
        'use one first',
      );
      if (full !== null) return full;
      this.#codes.add(code, now + CODE_LIFE);
      return now + CODE_LIFE;
    });
  }

  /** Signs in by a code, which is gone once it has; null where it opens nothing. Whoever has none is told nothing more. */
  openByCode(
    { code_id, digest }: Pick<NewSignInCode, 'code_id' | 'digest'>,
    session: Pick<NewSession, 'session_id' | 'digest'>,
    { salt, suspended_at }: Pick<Profile, 'salt' | 'suspended_at'>,
    limit: number,
    now: number,
    trace?: AuditTrace,
  ): Session | Rejection | null {
    const code = this.#codes.get(code_id, now);
    if (code === null || code.digest !== digest) return null;
    if (suspended_at !== null) return organizationSuspended();
    const { key_id, key_digest } = code;
    const actor = { type: 'key' as const, id: key_id, name: this.#keys.get(key_id)?.name ?? null };
    return this.#audit.transact(() => {
      const opened = this.open(
        { ...session, key_id, key_digest },
        salt,
        limit,
        now,
        trace && { ...trace, actor },
      );
      if (opened !== null && !('code' in opened)) this.#codes.remove(code_id);
      return opened;
    });
  }

  /** What the sign-in with this id and digest may do; null for one that does not stand. */
  authenticate(sessionId: string, digest: string, salt: string, now: number): SessionGrant | null {
    const session = this.#sessions.get(sessionId, now);
    if (session === null || session.digest !== digest) return null;
    const { key_id, expires_at } = session;
    const grant = this.#keys.grant(key_id, salt, true, now);
    return grant && { ...grant, key_id, until: expires_at };
  }

  page(after: SessionPlace | null, limit: number, keyId: string | null, now: number): Session[] {
    return this.#sessions.page(after, limit, keyId, now).map(shown);
  }

  /** How many stand. */
  standing(now: number): number {
    return this.#audit.transact(() => {
      this.#sessions.removeEnded(now);
      return this.#sessions.counts('').all;
    });
  }

  /** Ends a sign-in, of one key where it is named; false where there is none that stands. */
  end(sessionId: string, keyId: string | null, now: number, trace?: AuditTrace): boolean {
    const session = this.#sessions.get(sessionId, now);
    if (session === null || (keyId !== null && session.key_id !== keyId)) return false;
    this.#audit.transact(() => {
      this.#sessions.remove(sessionId);
      this.#audit.record(trace, 'session.end', sessionTarget(sessionId), now);
    });
    return true;
  }

  /** Revokes a key and ends its sign-ins; false where there is no such key. */
  revokeKey(keyId: string, now: number, trace?: AuditTrace): boolean {
    return this.#audit.transact(() => {
      this.#sessions.removeOfKey(keyId);
      this.#codes.removeOfKey(keyId);
      return this.#keys.revoke(keyId, now, trace);
    });
  }
}

function sessionTarget(id: string) {
  return { type: 'session' as const, id };
}

/** Without the digests. */
function shown({ digest: _digest, key_digest: _key, ...session }: StoredSession): Session {
  return session;
}
