import { DurableObject } from 'cloudflare:workers';
import { type ApiKey, type Grant, grantOf } from '../../domain/access/api-key';
import type { Permission } from '../../domain/access/permission';
import {
  type DisableReason,
  MAKING_LIFE,
  type StoredWebhook,
  WEBHOOK_LIMIT,
} from '../../domain/webhook/webhook';
import type { Namespaces } from '../address';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import type { OrgObject, WebhookChange } from './contract';
import { OrgStore } from './org-store';
import { rotated, WebhookRegistry } from './webhook-registry';

/** More hooks than this an organization does not have. */
export const HOOK_LIMIT = 100;

/** One organization: its profile, its salt, its API keys, its webhook endpoints, the ids of its inbound hooks. */
export class OrgDO extends DurableObject<Namespaces> implements OrgObject {
  readonly #tables: Tables;
  readonly #store: OrgStore;
  readonly #webhooks: WebhookRegistry;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#tables = new Tables(sql);
    this.#store = new OrgStore(sql, this.#tables);
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

  /** Keeps a key by its digest; null where there is no such organization. */
  async addKey(
    keyId: string,
    name: string,
    permissions: Permission[],
    digest: string,
  ): Promise<ApiKey | null> {
    if (this.#store.profile() === null) return null;
    const key = { key_id: keyId, name, permissions, created_at: Date.now(), revoked_at: null };
    this.#store.addKey(key, digest);
    return key;
  }

  async keys(): Promise<ApiKey[] | null> {
    return this.#store.profile() === null ? null : this.#store.keys();
  }

  /** Revokes a key, again too; false where there is none. */
  async revokeKey(keyId: string): Promise<boolean> {
    const key = this.#store.profile() === null ? null : this.#store.key(keyId);
    if (key === null) return false;
    if (key.revoked_at === null) this.#store.revoke(keyId, Date.now());
    return true;
  }

  /** What the key with this id and digest (SHA-256, hex) may do; null for a revoked or unknown one. */
  async authenticate(keyId: string, digest: string): Promise<Grant | null> {
    const key = this.#store.profile() === null ? null : this.#store.key(keyId);
    return key !== null && key.digest === digest ? this.grantOf(keyId) : null;
  }

  /** What the key with this id may do, asked by something it made; null for a revoked or unknown one. */
  async grantOf(keyId: string): Promise<Grant | null> {
    const profile = this.#store.profile();
    return profile === null ? null : grantOf(this.#store.key(keyId), profile.salt);
  }

  async webhooks(): Promise<StoredWebhook[]> {
    return this.#webhooks.all();
  }

  async webhook(webhookId: string): Promise<StoredWebhook | null> {
    return this.#webhooks.get(webhookId);
  }

  /** The endpoints that read the feed. */
  async enabledWebhooks(): Promise<string[]> {
    return this.#webhooks.all().flatMap(({ enabled, webhook_id }) => (enabled ? [webhook_id] : []));
  }

  /** Keeps an endpoint; false where there are as many as there may be, `late` for one that was begun too long ago. */
  async addWebhook(webhook: StoredWebhook): Promise<boolean | 'late'> {
    if (Date.now() - webhook.created_at > MAKING_LIFE / 2) return 'late';
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

  /** Enters a hook; false where there are as many as there may be. */
  async addHook(hookId: string): Promise<boolean> {
    if (this.#store.hookIds().length >= HOOK_LIMIT) return false;
    transact(this.ctx.storage, [this.#tables], () => this.#store.addHook(hookId, Date.now()));
    return true;
  }

  async removeHook(hookId: string): Promise<void> {
    this.#store.removeHook(hookId);
  }
}
