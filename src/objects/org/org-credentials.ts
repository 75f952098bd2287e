import { DurableObject } from 'cloudflare:workers';
import type { ApiKey, Grant } from '../../domain/access/api-key';
import type { FilterToken } from '../../domain/access/filter-token';
import type { Permission } from '../../domain/access/permission';
import type { Session } from '../../domain/access/session';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import type { Namespaces } from '../address';
import type {
  FilterTokenGrant,
  KeyAuthor,
  KeyChange,
  MadeByKey,
  NewFilterToken,
  NewKey,
  NewSession,
  NewSignInCode,
  SessionGrant,
} from './contract';
import type { FilterTokenPlace } from './filter-token-registry';
import type { KeyPlace } from './key-registry';
import { type OrgParts, orgParts } from './org-parts';
import type { SessionPlace } from './session-registry';

/** Keys that a Worker of an older build is listed. */
const OLD_LIST = 1_000;
const OPERATOR: KeyAuthor = { key_id: null, terms: null };

/** The part of an organization that says who may do what in it: keys, sign-ins, filter tokens. */
export abstract class OrgCredentials extends DurableObject<Namespaces> {
  protected readonly parts: OrgParts;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.parts = orgParts(ctx, env);
  }

  /** Keeps a key; null where there is no such organization. */
  async makeKey(
    key: NewKey,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    const { keys, limits } = this.parts;
    const shut = this.#shutTo(by);
    return shut === undefined ? keys.make(key, by, limits().keys, Date.now(), trace) : shut;
  }

  /** The same by a Worker of an older build, which takes no refusal but null. */
  async addKey(
    key_id: string,
    name: string,
    permissions: Permission[],
    digest: string,
  ): Promise<ApiKey | null> {
    const terms = { permissions, job_types: null, expires_at: null };
    const key = await this.makeKey({ key_id, name, digest, created_by: null, ...terms }, OPERATOR);
    return key !== null && typeof key === 'object' && 'key_id' in key ? key : null;
  }

  async changeKey(
    keyId: string,
    change: KeyChange,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    const shut = this.#shutTo(by);
    return shut === undefined ? this.parts.keys.change(keyId, change, by, Date.now(), trace) : shut;
  }

  async rotateKey(
    keyId: string,
    digest: string,
    grace: number,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    const shut = this.#shutTo(by);
    return shut === undefined ? this.parts.keys.rotate(keyId, digest, grace, by, Date.now(), trace) : shut;
  }

  async key(keyId: string): Promise<ApiKey | null> {
    return this.parts.profile.get() === null ? null : this.parts.keys.get(keyId);
  }

  /** A page of the keys, oldest first; null where there is no such organization. */
  async keyPage(after: KeyPlace | null, limit: number): Promise<ApiKey[] | null> {
    return this.parts.profile.get() === null ? null : this.parts.keys.page(after, limit);
  }

  /** The oldest thousand, for a Worker of an older build. */
  async keys(): Promise<ApiKey[] | null> {
    return this.keyPage(null, OLD_LIST);
  }

  /** Revokes a key, again too, and ends its sign-ins; false where there is none. */
  async revokeKey(keyId: string, trace?: AuditTrace): Promise<boolean> {
    if (this.parts.profile.get() === null) return false;
    return this.parts.sessions.revokeKey(keyId, Date.now(), trace);
  }

  /** What a key made, and the keys that it made. */
  async madeByKey(keyId: string): Promise<MadeByKey> {
    const { all: makers, alive: keys } = this.parts.keys.family(keyId, Date.now());
    const webhooks = this.parts.webhooks.all().filter(({ created_by }) => {
      return created_by?.type === 'key' && makers.includes(created_by.id);
    });
    const hooks = this.parts.audit.transact(() => this.parts.store.hooksMadeBy(makers));
    return { keys, webhooks: webhooks.map(({ webhook_id }) => webhook_id), hooks };
  }

  /** What the key with this id and digest (SHA-256, hex) may do; null for one that is unknown, revoked or expired. */
  async authenticate(keyId: string, digest: string, limits = false): Promise<Grant | null> {
    const profile = this.parts.profile.get();
    if (profile === null) return null;
    const grant = this.parts.keys.authenticate(keyId, digest, profile.salt, limits, Date.now());
    return this.parts.profile.grant(grant, profile);
  }

  /** What the key with this id may do, asked by something it made; null for one that is unknown, revoked or expired. */
  async grantOf(keyId: string, limits = false): Promise<Grant | null> {
    const profile = this.parts.profile.get();
    return (
      profile &&
      this.parts.profile.grant(this.parts.keys.grant(keyId, profile.salt, limits, Date.now()), profile)
    );
  }

  /** Signs in by a key; null where the key is none, or none any more. */
  async openSession(session: NewSession, trace?: AuditTrace): Promise<Session | Rejection | null> {
    const profile = this.parts.profile.served();
    if (profile === null || 'code' in profile) return profile;
    return this.parts.sessions.open(
      ...([session, profile.salt, this.parts.limits().sessions, Date.now(), trace] as const),
    );
  }

  /** Keeps a code that signs in once, until the time (ms) that is answered; null where the key is none any more. */
  async makeSignInCode(code: NewSignInCode): Promise<number | Rejection | null> {
    const profile = this.parts.profile.served();
    if (profile === null || 'code' in profile) return profile;
    return this.parts.sessions.makeCode(code, profile.salt, Date.now());
  }

  /** Signs in by a code, which is gone with it; null where it opens nothing. */
  async openSessionByCode(
    code: Pick<NewSignInCode, 'code_id' | 'digest'>,
    session: Pick<NewSession, 'session_id' | 'digest'>,
    trace?: AuditTrace,
  ): Promise<Session | Rejection | null> {
    const profile = this.parts.profile.get();
    if (profile === null) return null;
    return this.parts.sessions.openByCode(
      ...([code, session, profile, this.parts.limits().sessions, Date.now(), trace] as const),
    );
  }

  /** What the sign-in with this id and digest (SHA-256, hex) may do; null for one that does not stand. */
  async authenticateSession(sessionId: string, digest: string): Promise<SessionGrant | null> {
    const profile = this.parts.profile.get();
    if (profile === null) return null;
    const grant = this.parts.sessions.authenticate(sessionId, digest, profile.salt, Date.now());
    return this.parts.profile.grant(grant, profile);
  }

  async sessionPage(after: SessionPlace | null, limit: number, keyId: string | null): Promise<Session[]> {
    return this.parts.sessions.page(after, limit, keyId, Date.now());
  }

  /** Ends a sign-in; false where there is none that stands. */
  async endSession(sessionId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean> {
    return this.parts.sessions.end(sessionId, keyId, Date.now(), trace);
  }

  /** Keeps a filter token; null where the key that makes it is none any more. */
  async makeFilterToken(token: NewFilterToken, trace?: AuditTrace): Promise<FilterToken | Rejection | null> {
    const profile = this.parts.profile.served();
    if (profile === null || 'code' in profile) return profile;
    const most = this.parts.limits().filter_tokens;
    return this.parts.filterTokens.make(token, profile.salt, most, Date.now(), trace);
  }

  /** What the filter token with this id and digest (SHA-256, hex) opens; null for one that does not stand. */
  async authenticateFilterToken(tokenId: string, digest: string): Promise<FilterTokenGrant | null> {
    const profile = this.parts.profile.get();
    if (profile === null) return null;
    const grant = this.parts.filterTokens.authenticate(tokenId, digest, profile.salt, Date.now());
    return this.parts.profile.grant(grant, profile);
  }

  async filterTokenPage(
    after: FilterTokenPlace | null,
    limit: number,
    keyId: string | null,
  ): Promise<FilterToken[]> {
    return this.parts.filterTokens.page(after, limit, keyId, Date.now());
  }

  async revokeFilterToken(tokenId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean> {
    return this.parts.filterTokens.revoke(tokenId, keyId, Date.now(), trace);
  }

  /**
   * What whoever would make or change a key is answered: null where there is no such organization, or why it is shut to
   * them; undefined where it is open. Whoever suspended it may prepare it for those it is to be resumed for.
   */
  #shutTo({ key_id, terms }: KeyAuthor): Rejection | null | undefined {
    const { profile } = this.parts;
    const found = key_id === null && terms === null ? profile.get() : profile.served();
    return found === null || 'code' in found ? found : undefined;
  }
}
