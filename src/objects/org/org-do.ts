import { DurableObject } from 'cloudflare:workers';
import type { ApiKey, Grant, Maker } from '../../domain/access/api-key';
import type { FilterToken } from '../../domain/access/filter-token';
import type { Permission } from '../../domain/access/permission';
import type { Session } from '../../domain/access/session';
import type { Rejection } from '../../domain/base/rejection';
import {
  type DisableReason,
  MAKING_LIFE,
  type StoredWebhook,
  WEBHOOK_LIMIT,
} from '../../domain/webhook/webhook';
import type { Namespaces } from '../address';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
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
  OrgObject,
  SessionGrant,
  WebhookChange,
} from './contract';
import type { FilterTokenPlace } from './filter-token-registry';
import type { KeyPlace } from './key-registry';
import { OrgFilterTokens } from './org-filter-tokens';
import { OrgKeys } from './org-keys';
import { OrgProfile } from './org-profile';
import { OrgSessions } from './org-sessions';
import { OrgStore } from './org-store';
import type { SessionPlace } from './session-registry';
import { rotated, WebhookRegistry } from './webhook-registry';

/** More hooks than this an organization does not have. */
export const HOOK_LIMIT = 100;
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
  readonly #webhooks: WebhookRegistry;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#tables = new Tables(sql);
    this.#store = new OrgStore(sql, this.#tables);
    this.#profile = new OrgProfile(ctx.storage, this.#tables, this.#store);
    this.#keys = new OrgKeys(ctx.storage, this.#tables);
    this.#sessions = new OrgSessions(ctx.storage, this.#tables, this.#keys);
    this.#filterTokens = new OrgFilterTokens(ctx.storage, this.#tables, this.#keys);
    this.#webhooks = new WebhookRegistry(sql, this.#tables);
  }

  /** Makes the organization; false where it is there already. */
  async create(
    organizationId: string,
    name: string,
    salt: string,
  ): Promise<{ created: boolean; created_at: number; name: string }> {
    const present = this.#store.profile();
    if (present !== null) return { created: false, created_at: present.created_at, name: present.name };
    const created_at = Date.now();
    transact(this.ctx.storage, [this.#tables], () =>
      this.#store.create({ organization_id: organizationId, name, salt, created_at }),
    );
    return { created: true, created_at, name };
  }

  async salt(): Promise<string | null> {
    return this.#profile.get()?.salt ?? null;
  }

  /** Null where there is no such organization, or where it is being deleted. */
  async profile(): Promise<OrganizationProfile | null> {
    return this.#profile.shown();
  }

  async changeProfile(change: OrganizationChange): Promise<OrganizationProfile | null> {
    return this.#profile.change(change, Date.now());
  }

  /** Closes it for its deletion: there is no such organization from here on. */
  async close(): Promise<void> {
    this.#profile.close(Date.now());
  }

  /** Deletes all that is left of one that was closed. */
  async erase(): Promise<void> {
    if (this.#profile.get() !== null) throw new Error('an organization that was not closed is not erased');
    await this.ctx.storage.deleteAll();
    this.#tables.forget();
  }

  /** Keeps a key; null where there is no such organization. */
  async makeKey(key: NewKey, by: KeyAuthor): Promise<ApiKey | Rejection | 'revoked' | null> {
    return this.#profile.get() === null ? null : this.#keys.make(key, by, Date.now());
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
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    return this.#keys.change(keyId, change, by, Date.now());
  }

  async rotateKey(
    keyId: string,
    digest: string,
    grace: number,
    by: KeyAuthor,
  ): Promise<ApiKey | Rejection | 'revoked' | null> {
    return this.#keys.rotate(keyId, digest, grace, by, Date.now());
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
  async revokeKey(keyId: string): Promise<boolean> {
    return this.#sessions.revokeKey(keyId, Date.now());
  }

  /** What a key made, and the keys that it made. */
  async madeByKey(keyId: string): Promise<MadeByKey> {
    const { all: makers, alive: keys } = this.#keys.family(keyId, Date.now());
    const webhooks = this.#webhooks.all().filter(({ created_by }) => {
      return created_by?.type === 'key' && makers.includes(created_by.id);
    });
    const hooks = transact(this.ctx.storage, [this.#tables], () => this.#store.hooksMadeBy(makers));
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
  async openSession(session: NewSession): Promise<Session | Rejection | null> {
    const profile = this.#profile.get();
    return profile && this.#sessions.open(session, profile.salt, Date.now());
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
  async endSession(sessionId: string, keyId: string | null): Promise<boolean> {
    return this.#sessions.end(sessionId, keyId, Date.now());
  }

  /** Keeps a filter token; null where the key that makes it is none any more. */
  async makeFilterToken(token: NewFilterToken): Promise<FilterToken | Rejection | null> {
    const profile = this.#profile.get();
    return profile && this.#filterTokens.make(token, profile.salt, Date.now());
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

  async revokeFilterToken(tokenId: string, keyId: string | null): Promise<boolean> {
    return this.#filterTokens.revoke(tokenId, keyId, Date.now());
  }

  async webhooks(): Promise<StoredWebhook[]> {
    return this.#webhooks.all();
  }

  async webhook(webhookId: string): Promise<StoredWebhook | null> {
    return this.#profile.endpoint(this.#webhooks.get(webhookId));
  }

  /** The endpoints that read the feed. */
  async enabledWebhooks(): Promise<string[]> {
    return this.#webhooks.all().flatMap(({ enabled, webhook_id }) => (enabled ? [webhook_id] : []));
  }

  /** Keeps an endpoint; false where there are as many as there may be, `late` for one that was begun too long ago. */
  async addWebhook(webhook: StoredWebhook): Promise<boolean | 'late'> {
    if (this.#profile.closed || Date.now() - webhook.created_at > MAKING_LIFE / 2) return 'late';
    if (this.#webhooks.all().length >= WEBHOOK_LIMIT) return false;
    transact(this.ctx.storage, [this.#tables], () => this.#webhooks.add(webhook));
    return true;
  }

  /** Changes an endpoint; null where there is none. One that is enabled again is no longer disabled by the service. */
  async changeWebhook(webhookId: string, change: WebhookChange): Promise<StoredWebhook | null> {
    return this.#webhooks.change(webhookId, ({ enabled }) => ({
      ...change,
      ...(change.enabled === true ? { disabled: null } : {}),
      ...(change.enabled === true && !enabled ? { enabled_at: Date.now() } : {}),
    }));
  }

  async rotateWebhook(webhookId: string, sealed: string): Promise<StoredWebhook | null> {
    return this.#webhooks.change(webhookId, (webhook) => rotated(webhook, sealed, Date.now()));
  }

  /** Keeps the same secret under a newer key. */
  async resealWebhook(webhookId: string, from: string, to: string): Promise<void> {
    this.#webhooks.change(webhookId, ({ secrets, sealed_headers }) => ({
      ...(sealed_headers === from ? { sealed_headers: to } : {}),
      secrets: secrets.map((secret) => (secret.sealed === from ? { ...secret, sealed: to } : secret)),
    }));
  }

  /**
   * The service's own disabling, the `n`th; once disabled, again changes nothing, and neither does a decision from before
   * its owner enabled it. Null where there is no endpoint.
   */
  async disableWebhook(
    webhookId: string,
    reason: DisableReason,
    at: number,
  ): Promise<{ n: number; url: string } | null> {
    const webhook = this.#webhooks.change(webhookId, ({ enabled, enabled_at = 0, disablings }) => {
      return enabled && enabled_at <= at
        ? { enabled: false, disabled: { reason, at }, disablings: disablings + 1 }
        : {};
    });
    return webhook === null ? null : { n: webhook.disablings, url: webhook.url };
  }

  /** Whether there was one. */
  async removeWebhook(webhookId: string): Promise<boolean> {
    return this.#webhooks.remove(webhookId);
  }

  /** The ids of the inbound hooks, oldest first. */
  async hookIds(): Promise<string[]> {
    return this.#store.hookIds();
  }

  /** A page of them. */
  async hookPage(after: HookPlace | null, limit: number): Promise<HookPlace[]> {
    return this.#store.hookPage(after, limit);
  }

  /** Enters a hook and who made it; false where there are as many as there may be. */
  async addHook(hookId: string, createdBy: Maker | null = null): Promise<boolean> {
    if (this.#profile.closed || this.#store.hookIds().length >= HOOK_LIMIT) return false;
    transact(this.ctx.storage, [this.#tables], () => this.#store.addHook(hookId, Date.now(), createdBy));
    return true;
  }

  async removeHook(hookId: string): Promise<void> {
    this.#store.removeHook(hookId);
  }
}
