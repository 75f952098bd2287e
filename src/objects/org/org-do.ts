import { DurableObject } from 'cloudflare:workers';
import type { ApiKey, Grant, Maker } from '../../domain/access/api-key';
import type { FilterToken } from '../../domain/access/filter-token';
import { type Limits, limitsOf } from '../../domain/access/limits';
import type { Permission } from '../../domain/access/permission';
import { refuseBeyond } from '../../domain/access/quota';
import type { Session } from '../../domain/access/session';
import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import { type AuditRecord, type AuditTrace, SERVICE } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import { slotsOf } from '../../domain/webhook/endpoint-quota';
import type { DisableReason, StoredWebhook } from '../../domain/webhook/webhook';
import type { Namespaces } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { standardOf } from '../kit/standard-of';
import { Tables } from '../kit/tables';
import type {
  FilterTokenGrant,
  HookPlace,
  KeyAuthor,
  KeyChange,
  MadeByKey,
  NewFilterToken,
  NewKey,
  NewSession,
  OrganizationChange,
  OrganizationProfile,
  OrganizationUse,
  OrgObject,
  SessionGrant,
  WebhookChange,
} from './contract';
import type { FilterTokenPlace } from './filter-token-registry';
import type { KeyPlace } from './key-registry';
import { OrgAudit } from './org-audit';
import { OrgFilterTokens } from './org-filter-tokens';
import { OrgKeys } from './org-keys';
import { OrgProfile } from './org-profile';
import { OrgSessions } from './org-sessions';
import { OrgStore } from './org-store';
import { OrgWebhooks } from './org-webhooks';
import type { SessionPlace } from './session-registry';

/** Keys that a Worker of an older build is listed. */
const OLD_LIST = 1_000;
const OPERATOR: KeyAuthor = { key_id: null, terms: null };

/** One organization: its profile, its salt, its API keys, its webhook endpoints, the ids of its inbound hooks. */
export class OrgDO extends DurableObject<Namespaces> implements OrgObject {
  readonly #tables: Tables;
  readonly #store: OrgStore;
  readonly #profile: OrgProfile;
  readonly #keys: OrgKeys;
  readonly #sessions: OrgSessions;
  readonly #filterTokens: OrgFilterTokens;
  readonly #webhooks: OrgWebhooks;
  readonly #audit: OrgAudit;
  readonly #clock: AlarmClock;
  readonly #alarm: GuardedAlarm;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#tables = new Tables(sql);
    this.#store = new OrgStore(sql, this.#tables);
    this.#clock = new AlarmClock(ctx.storage);
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: ctx.id.name }));
    this.#audit = new OrgAudit(ctx.storage, this.#tables, this.#clock);
    this.#profile = new OrgProfile(this.#store, this.#audit);
    this.#keys = new OrgKeys(sql, this.#tables, this.#audit);
    this.#sessions = new OrgSessions(sql, this.#tables, this.#keys, this.#audit);
    this.#filterTokens = new OrgFilterTokens(sql, this.#tables, this.#keys, this.#audit);
    this.#webhooks = new OrgWebhooks(sql, this.#tables, this.#audit);
  }

  /** Makes the organization; false where it is there already. */
  async create(
    organizationId: string,
    name: string,
    salt: string,
    trace?: AuditTrace,
  ): Promise<{ created: boolean; created_at: number; name: string }> {
    const present = this.#store.profile();
    if (present !== null) return { created: false, created_at: present.created_at, name: present.name };
    const created_at = Date.now();
    this.#audit.transact(() => {
      this.#store.create({ organization_id: organizationId, name, salt, created_at });
      const target = { type: 'organization' as const, id: organizationId };
      const named = { field: 'name', from: null, to: name };
      this.#audit.record(trace, 'organization.create', target, created_at, [named]);
    });
    return { created: true, created_at, name };
  }

  async salt(): Promise<string | null> {
    return this.#profile.get()?.salt ?? null;
  }

  /** Null where there is no such organization, or where it is being deleted. */
  async profile(): Promise<OrganizationProfile | null> {
    return this.#profile.shown();
  }

  async changeProfile(change: OrganizationChange, trace?: AuditTrace): Promise<OrganizationProfile | null> {
    return this.#profile.change(change, Date.now(), trace);
  }

  /** Closes it for its deletion: there is no such organization from here on. */
  async close(): Promise<void> {
    this.#profile.close(Date.now());
  }

  /** Deletes all that is left of one that was closed. */
  async erase(): Promise<void> {
    if (this.#profile.get() !== null) throw new Error('an organization that was not closed is not erased');
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#tables.forget();
    this.#audit.forget();
  }

  /** Keeps a key; null where there is no such organization. */
  async makeKey(
    key: NewKey,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    if (this.#profile.get() === null) return null;
    return this.#keys.make(key, by, this.#limits.keys, Date.now(), trace);
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
    return this.#keys.change(keyId, change, by, Date.now(), trace);
  }

  async rotateKey(
    keyId: string,
    digest: string,
    grace: number,
    by: KeyAuthor,
    trace?: AuditTrace,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    return this.#keys.rotate(keyId, digest, grace, by, Date.now(), trace);
  }

  async key(keyId: string): Promise<ApiKey | null> {
    return this.#keys.get(keyId);
  }

  /** A page of the keys, oldest first; null where there is no such organization. */
  async keyPage(after: KeyPlace | null, limit: number): Promise<ApiKey[] | null> {
    return this.#profile.get() === null ? null : this.#keys.page(after, limit);
  }

  /** The oldest thousand, for a Worker of an older build. */
  async keys(): Promise<ApiKey[] | null> {
    return this.keyPage(null, OLD_LIST);
  }

  /** Revokes a key, again too, and ends its sign-ins; false where there is none. */
  async revokeKey(keyId: string, trace?: AuditTrace): Promise<boolean> {
    return this.#sessions.revokeKey(keyId, Date.now(), trace);
  }

  /** What a key made, and the keys that it made. */
  async madeByKey(keyId: string): Promise<MadeByKey> {
    const { all: makers, alive: keys } = this.#keys.family(keyId, Date.now());
    const webhooks = this.#webhooks.all().filter(({ created_by }) => {
      return created_by?.type === 'key' && makers.includes(created_by.id);
    });
    const hooks = this.#audit.transact(() => this.#store.hooksMadeBy(makers));
    return { keys, webhooks: webhooks.map(({ webhook_id }) => webhook_id), hooks };
  }

  /** What the key with this id and digest (SHA-256, hex) may do; null for one that is unknown, revoked or expired. */
  async authenticate(keyId: string, digest: string, limits = false): Promise<Grant | null> {
    const profile = this.#profile.get();
    if (profile === null) return null;
    const grant = this.#keys.authenticate(keyId, digest, profile.salt, limits, Date.now());
    return this.#profile.grant(grant, profile);
  }

  /** What the key with this id may do, asked by something it made; null for one that is unknown, revoked or expired. */
  async grantOf(keyId: string, limits = false): Promise<Grant | null> {
    const profile = this.#profile.get();
    return profile && this.#profile.grant(this.#keys.grant(keyId, profile.salt, limits, Date.now()), profile);
  }

  /** Signs in by a key; null where the key is none, or none any more. */
  async openSession(session: NewSession, trace?: AuditTrace): Promise<Session | Rejection | null> {
    const profile = this.#profile.get();
    return profile && this.#sessions.open(session, profile.salt, this.#limits.sessions, Date.now(), trace);
  }

  /** What the sign-in with this id and digest (SHA-256, hex) may do; null for one that does not stand. */
  async authenticateSession(sessionId: string, digest: string): Promise<SessionGrant | null> {
    const profile = this.#profile.get();
    if (profile === null) return null;
    const grant = this.#sessions.authenticate(sessionId, digest, profile.salt, Date.now());
    return this.#profile.grant(grant, profile);
  }

  async sessionPage(after: SessionPlace | null, limit: number, keyId: string | null): Promise<Session[]> {
    return this.#sessions.page(after, limit, keyId, Date.now());
  }

  /** Ends a sign-in; false where there is none that stands. */
  async endSession(sessionId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean> {
    return this.#sessions.end(sessionId, keyId, Date.now(), trace);
  }

  /** Keeps a filter token; null where the key that makes it is none any more. */
  async makeFilterToken(token: NewFilterToken, trace?: AuditTrace): Promise<FilterToken | Rejection | null> {
    const profile = this.#profile.get();
    return profile && this.#filterTokens.make(token, profile.salt, Date.now(), trace);
  }

  /** What the filter token with this id and digest (SHA-256, hex) opens; null for one that does not stand. */
  async authenticateFilterToken(tokenId: string, digest: string): Promise<FilterTokenGrant | null> {
    const profile = this.#profile.get();
    if (profile === null) return null;
    const grant = this.#filterTokens.authenticate(tokenId, digest, profile.salt, Date.now());
    return this.#profile.grant(grant, profile);
  }

  async filterTokenPage(
    after: FilterTokenPlace | null,
    limit: number,
    keyId: string | null,
  ): Promise<FilterToken[]> {
    return this.#filterTokens.page(after, limit, keyId, Date.now());
  }

  async revokeFilterToken(tokenId: string, keyId: string | null, trace?: AuditTrace): Promise<boolean> {
    return this.#filterTokens.revoke(tokenId, keyId, Date.now(), trace);
  }

  async use(): Promise<OrganizationUse> {
    const now = Date.now();
    return {
      keys: this.#keys.alive(now),
      sessions: this.#sessions.standing(now),
      webhooks: this.#webhooks.all().length,
      hooks: this.#store.hookIds().length,
    };
  }

  async webhooks(): Promise<StoredWebhook[]> {
    return this.#webhooks.all();
  }

  async webhook(webhookId: string): Promise<StoredWebhook | null> {
    const webhook = this.#profile.endpoint(this.#webhooks.get(webhookId));
    return webhook && { ...webhook, slots: slotsOf(webhook.url, this.#webhooks.all(), this.#limits) };
  }

  /** The endpoints that read the feed. */
  async enabledWebhooks(): Promise<string[]> {
    return this.#webhooks.all().flatMap(({ enabled, webhook_id }) => (enabled ? [webhook_id] : []));
  }

  /** Keeps an endpoint, or says why there may be no more; `late` for one that was begun too long ago. */
  async addWebhook(webhook: StoredWebhook, trace?: AuditTrace): Promise<boolean | 'late' | Rejection> {
    return this.#profile.closed ? 'late' : this.#webhooks.add(webhook, this.#limits, Date.now(), trace);
  }

  /** Changes an endpoint; null where there is none. One that is enabled again is no longer disabled by the service. */
  async changeWebhook(
    webhookId: string,
    change: WebhookChange,
    trace?: AuditTrace,
  ): Promise<StoredWebhook | Rejection | null> {
    return this.#webhooks.change(webhookId, change, this.#limits, Date.now(), trace);
  }

  async rotateWebhook(webhookId: string, sealed: string, trace?: AuditTrace): Promise<StoredWebhook | null> {
    return this.#webhooks.rotate(webhookId, sealed, Date.now(), trace);
  }

  /** Keeps the same secret under a newer key. */
  async resealWebhook(webhookId: string, from: string, to: string): Promise<void> {
    this.#webhooks.reseal(webhookId, from, to);
  }

  /** The service's own disabling, the `n`th; null where there is no endpoint. */
  async disableWebhook(
    webhookId: string,
    reason: DisableReason,
    at: number,
  ): Promise<{ n: number; url: string } | null> {
    return this.#webhooks.disable(webhookId, reason, at, SERVICE);
  }

  /** Whether there was one. */
  async removeWebhook(webhookId: string, trace?: AuditTrace): Promise<boolean> {
    return this.#webhooks.remove(webhookId, Date.now(), trace);
  }

  /** The ids of the inbound hooks, oldest first. */
  async hookIds(): Promise<string[]> {
    return this.#store.hookIds();
  }

  /** A page of them. */
  async hookPage(after: HookPlace | null, limit: number): Promise<HookPlace[]> {
    return this.#store.hookPage(after, limit);
  }

  /** Enters a hook and who made it, or says why there may be no more. */
  async addHook(
    hookId: string,
    createdBy: Maker | null = null,
    trace?: AuditTrace,
  ): Promise<boolean | Rejection> {
    if (this.#profile.closed) return false;
    const use = this.#store.hookIds().length;
    const full = refuseBeyond(use, this.#limits.hooks, 'hooks in the organization', 'delete one first');
    if (full !== null) return full;
    const now = Date.now();
    this.#audit.transact(() => {
      this.#store.addHook(hookId, now, createdBy);
      this.#audit.record(trace, 'hook.create', { type: 'hook', id: hookId }, now);
    });
    return true;
  }

  async removeHook(hookId: string, trace?: AuditTrace): Promise<void> {
    if (!this.#store.hookIds().includes(hookId)) return;
    this.#audit.transact(() => {
      this.#store.removeHook(hookId);
      this.#audit.record(trace, 'hook.delete', { type: 'hook', id: hookId }, Date.now());
    });
  }

  /** Keeps audit records that were carried here; where there is no such organization any more, nobody reads them. */
  async takeAudit(bodies: string[]): Promise<void> {
    if (this.#profile.get() !== null) this.#audit.take(bodies, Date.now());
  }

  /** Records a refused act, or counts it beyond the hour's first. */
  async refusedAct(record: AuditRecord, more: number): Promise<void> {
    await this.#clock.wake();
    if (this.#profile.get() !== null) this.#audit.refused(record, more, Date.now());
  }

  async auditPage(ask: AuditAsk): Promise<AuditPart> {
    return this.#audit.page(ask, Date.now());
  }

  /** Records what was counted in an hour that is over. Never throws. */
  override alarm(): Promise<void> {
    return this.#alarm.run(async () => this.#audit.run(Date.now()));
  }

  get #limits(): Limits {
    return limitsOf(this.#profile.get()?.limits, standardOf(this.env));
  }
}
