import type { ApiKey, Grant, KeyTerms, Maker } from '../../domain/access/api-key';
import type { FilterToken, FilterTokenScope, JobFilter } from '../../domain/access/filter-token';
import type { LimitChange, LimitOverrides } from '../../domain/access/limits';
import type { Permission } from '../../domain/access/permission';
import type { Session } from '../../domain/access/session';
import type { ShardRaises } from '../../domain/access/shards';
import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import type { AuditRecord, AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import type { DisableReason, StoredWebhook } from '../../domain/webhook/webhook';

/** What an organization's object is asked and answers, over RPC. */

/** What the owner of an endpoint can change of it. */
export type WebhookChange = Partial<
  Pick<
    StoredWebhook,
    | 'url'
    | 'served_at'
    | 'event_types'
    | 'job_types'
    | 'statuses'
    | 'format'
    | 'header_names'
    | 'sealed_headers'
    | 'description'
    | 'enabled'
  >
>;

/** A key to be kept. `digest` is the SHA-256 of the key as hex. */
export interface NewKey extends KeyTerms {
  key_id: string;
  name: string;
  digest: string;
  created_by: Maker | null;
}

/** What can be changed of a key. */
export type KeyChange = Partial<KeyTerms & { name: string }>;

/**
 * By whom a key is made or changed: by a key, which has what it has then, or by one who has `terms`, null for the operator,
 * who may give anything.
 */
export interface KeyAuthor {
  key_id: string | null;
  terms: KeyTerms | null;
}

/** A sign-in by a key. The digests (SHA-256, hex) are of its own secret, and of the key that was shown. */
export interface NewSession {
  session_id: string;
  digest: string;
  key_id: string;
  key_digest: string;
}

/** A code that signs in once. The digests (SHA-256, hex) are of its own text, and of the key that was shown. */
export interface NewSignInCode {
  code_id: string;
  digest: string;
  key_id: string;
  key_digest: string;
}

/** What a sign-in proves: what its key may by now, until its end. */
export interface SessionGrant extends Grant {
  key_id: string;
  until: number;
}

/** An organization as it stands. */
export interface OrganizationProfile {
  name: string;
  /** 32 random bytes as hex: what ids made from an idempotency key hang on. */
  salt: string;
  /** ms since 1970. */
  created_at: number;
  /** Since when it is suspended (ms); null where it is served. */
  suspended_at: number | null;
  /** Where its limits are not the standard ones; null where all are. */
  limits: LimitOverrides | null;
  /** Where its index has more shards than the standard; null where it has not. Absent in what an older object answers. */
  shards?: ShardRaises | null;
}

/** What the operator changes of an organization; what is absent stays. */
export interface OrganizationChange {
  name?: string;
  limits?: LimitChange;
  suspended?: boolean;
  /** Raises its index to so many shards. */
  shards?: number;
}

/** A filter token to be kept. `digest` is the SHA-256 of its text as hex, `life` how long it lasts (ms). */
export interface NewFilterToken extends Omit<FilterToken, 'created_at' | 'expires_at'> {
  digest: string;
  life: number;
}

/** What a filter token proves: what its key may by now, and which jobs there are for it, until its end. */
export interface FilterTokenGrant extends Grant {
  key_id: string;
  scope: FilterTokenScope;
  filter: JobFilter;
  until: number;
}

/** What a key made, and the keys that it made, that is still there: their ids. */
export interface MadeByKey {
  keys: string[];
  webhooks: string[];
  hooks: string[];
}

/** A hook in the order of the list, oldest first: what follows is younger. */
export interface HookPlace {
  /** When it was entered (ms). */
  created_at: number;
  hook_id: string;
}

/** How much of what is limited an organization has. */
export interface OrganizationUse {
  keys: number;
  /** Absent in what an object of an older build answers. */
  filter_tokens?: number;
  sessions: number;
  webhooks: number;
  hooks: number;
}

/**
 * One organization: its profile, its API keys, its webhook endpoints, the ids of its inbound hooks. What changes something
 * names who does it: its audit record is written with the change.
 */
export interface OrgObject {
  /** Makes the organization; `created` is false where it is there already. */
  create(
    organizationId: string,
    name: string,
    salt: string,
    trace?: AuditTrace,
  ): Promise<{ created: boolean; created_at: number; name: string }>;
  /** What ids made from an idempotency key hang on; null where there is no such organization. */
  salt(): Promise<string | null>;
  /** Null where there is no such organization, or where it is being deleted. */
  profile(): Promise<OrganizationProfile | null>;
  /** The organization as `change` leaves it, or why it is not to be changed; null as above. */
  changeProfile(
    change: OrganizationChange,
    trace?: AuditTrace,
  ): Promise<OrganizationProfile | Rejection | null>;
  /** How many shards its index has, while it is being deleted too. An object of an older build lacks this. */
  shardCount(): Promise<number>;
  /** Closes it for its deletion: there is no such organization from here on, for none of its credentials either. */
  close(): Promise<void>;
  /** Deletes all that is left of one that was closed. */
  erase(): Promise<void>;
  /**
   * Keeps a key. `revoked`: the key by which it was to be made is none any more. Null where there is no such
   * organization.
   */
  makeKey(key: NewKey, by: KeyAuthor, trace?: AuditTrace): Promise<ApiKey | Rejection | 'revoked' | null>;
  /** The same by a Worker of an older build, for the operator. */
  addKey(keyId: string, name: string, permissions: Permission[], digest: string): Promise<ApiKey | null>;
  /** Changes a key that stands; null where there is none. */
  changeKey(
    keyId: string,
    change: KeyChange,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null>;
  /** Has another secret open a key, and the one before for `grace` ms more; null where there is no such key that stands. */
  rotateKey(
    keyId: string,
    digest: string,
    grace: number,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null>;
  key(keyId: string): Promise<ApiKey | null>;
  /** At most `limit` keys behind `after`, oldest first, those that open nothing any more too; null where there is no such organization. */
  keyPage(after: Pick<ApiKey, 'created_at' | 'key_id'> | null, limit: number): Promise<ApiKey[] | null>;
  /** The oldest thousand, for a Worker of an older build. */
  keys(): Promise<ApiKey[] | null>;
  /** Revokes a key, again too; false where there is none. */
  revokeKey(keyId: string, trace?: AuditTrace): Promise<boolean>;
  madeByKey(keyId: string): Promise<MadeByKey>;
  /**
   * What the key with this id and digest (SHA-256, hex) may do; null for one that is unknown, revoked or expired. A Worker
   * of an older build does not say `limits`: it knows of none, so a key that has some is none for it.
   */
  authenticate(keyId: string, digest: string, limits?: boolean): Promise<Grant | null>;
  /** What the key with this id may do, asked by something it made; null for one that is unknown, revoked or expired. */
  grantOf(keyId: string, limits?: boolean): Promise<Grant | null>;
  /** Signs in by a key; null where the key is none, or none any more. */
  openSession(session: NewSession, trace?: AuditTrace): Promise<Session | Rejection | null>;
  /** Keeps a code that signs in once, until the time (ms) that is answered; null where the key is none any more. */
  makeSignInCode(code: NewSignInCode): Promise<number | Rejection | null>;
  /** Signs in by a code, which is gone with it; null where it opens nothing. The trace’s actor is the code’s key. */
  openSessionByCode(
    code: Pick<NewSignInCode, 'code_id' | 'digest'>,
    session: Pick<NewSession, 'session_id' | 'digest'>,
    trace?: AuditTrace,
  ): Promise<Session | Rejection | null>;
  /** What the sign-in with this id and digest (SHA-256, hex) may do; null for one that does not stand. */
  authenticateSession(sessionId: string, digest: string): Promise<SessionGrant | null>;
  /** At most `limit` sign-ins that stand behind `after`, oldest first: of one key where it is named. */
  sessionPage(
    after: Pick<Session, 'created_at' | 'session_id'> | null,
    limit: number,
    keyId: string | null,
  ): Promise<Session[]>;
  /** Ends a sign-in, of one key where it is named; false where there is none that stands. */
  endSession(sessionId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean>;
  /** Keeps a filter token; null where the key that makes it is none any more. */
  makeFilterToken(token: NewFilterToken, trace?: AuditTrace): Promise<FilterToken | Rejection | null>;
  /** What the filter token with this id and digest (SHA-256, hex) opens; null for one that does not stand. */
  authenticateFilterToken(tokenId: string, digest: string): Promise<FilterTokenGrant | null>;
  /** At most `limit` filter tokens that stand behind `after`, oldest first: of one key where it is named. */
  filterTokenPage(
    after: Pick<FilterToken, 'created_at' | 'token_id'> | null,
    limit: number,
    keyId: string | null,
  ): Promise<FilterToken[]>;
  /** Revokes a filter token, of one key where it is named; false where there is none that stands. */
  revokeFilterToken(tokenId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean>;
  /** An object of an older build lacks this. */
  use(): Promise<OrganizationUse>;
  webhooks(): Promise<StoredWebhook[]>;
  webhook(webhookId: string): Promise<StoredWebhook | null>;
  /** The endpoints that read the feed. */
  enabledWebhooks(): Promise<string[]>;
  /**
   * Keeps an endpoint whose object has begun, or says why there may be no more (an older object answers false); `late` for
   * one that was begun so long ago that its object may have given itself up.
   */
  addWebhook(webhook: StoredWebhook, trace?: AuditTrace): Promise<boolean | 'late' | Rejection>;
  /** Changes an endpoint by `by` (ms), or says why it may not have its URL; null where there is none. */
  changeWebhook(
    webhookId: string,
    change: WebhookChange,
    trace?: AuditTrace,
    by?: number,
  ): Promise<StoredWebhook | Rejection | null>;
  rotateWebhook(
    webhookId: string,
    sealed: string,
    trace?: AuditTrace,
  ): Promise<StoredWebhook | Rejection | null>;
  /** Keeps the same secret, or the same headers, under a newer key. */
  resealWebhook(webhookId: string, from: string, to: string): Promise<void>;
  /**
   * The service disables an endpoint for what `url` has answered: the `n`th disabling, 0 where this decision is none of them,
   * null where there is no endpoint. An object of an older build takes no `url`, and says what `n` was before.
   */
  disableWebhook(
    webhookId: string,
    reason: DisableReason,
    at: number,
    url?: string,
  ): Promise<{ n: number; url: string } | null>;
  /** The host of an endpoint has answered what it was asked at `askedAt`. An object of an older build lacks this. */
  webhookAnswered(webhookId: string, askedAt: number, at: number): Promise<void>;
  /** Removes an endpoint by `by` (ms): whether there was one. */
  removeWebhook(webhookId: string, trace?: AuditTrace, by?: number): Promise<boolean | Rejection>;
  /** The ids of the inbound hooks, oldest first. */
  hookIds(): Promise<string[]>;
  /** At most `limit` inbound hooks behind `after`, oldest first. */
  hookPage(after: HookPlace | null, limit: number): Promise<HookPlace[]>;
  /** Enters a hook and who made it, or says why there may be no more; an older object answers false. */
  addHook(
    hookId: string,
    createdBy?: Maker | null,
    trace?: AuditTrace,
    /** When its object was made (ms): one of long ago may have given itself up. */
    madeAt?: number,
  ): Promise<boolean | Rejection>;
  removeHook(hookId: string, trace?: AuditTrace): Promise<void>;
  /** Keeps audit records, as JSON, that were carried here; what is there already is passed over. */
  takeAudit(bodies: string[]): Promise<void>;
  /** Records a refused act, or counts it beyond the hour's first; `more` of the same credential were refused before it. */
  refusedAct(record: AuditRecord, more: number): Promise<void>;
  /** Audit records that the organization's object keeps, newest first. */
  auditPage(ask: AuditAsk): Promise<AuditPart>;
}
