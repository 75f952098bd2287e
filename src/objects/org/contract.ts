import type { ApiKey, Grant } from '../../domain/access/api-key';
import type { Permission } from '../../domain/access/permission';
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

/** One organization: its profile, its API keys, its webhook endpoints, the ids of its inbound hooks. */
export interface OrgObject {
  /** Makes the organization; `created` is false where it is there already. */
  create(
    organizationId: string,
    name: string,
    salt: string,
  ): Promise<{ created: boolean; created_at: number; name: string }>;
  /** Keeps a key by its digest; null where there is no such organization. */
  addKey(keyId: string, name: string, permissions: Permission[], digest: string): Promise<ApiKey | null>;
  keys(): Promise<ApiKey[] | null>;
  /** Revokes a key, again too; false where there is none. */
  revokeKey(keyId: string): Promise<boolean>;
  /** What the key with this id and digest (SHA-256, hex) may do; null for a revoked or unknown one. */
  authenticate(keyId: string, digest: string): Promise<Grant | null>;
  /** What the key with this id may do, asked by something it made; null for a revoked or unknown one. */
  grantOf(keyId: string): Promise<Grant | null>;
  webhooks(): Promise<StoredWebhook[]>;
  webhook(webhookId: string): Promise<StoredWebhook | null>;
  /** The endpoints that read the feed. */
  enabledWebhooks(): Promise<string[]>;
  /**
   * Keeps an endpoint whose object has begun; false where there are as many as there may be, `late` for one that was
   * begun so long ago that its object may have given itself up.
   */
  addWebhook(webhook: StoredWebhook): Promise<boolean | 'late'>;
  /** Changes an endpoint; null where there is none. */
  changeWebhook(webhookId: string, change: WebhookChange): Promise<StoredWebhook | null>;
  rotateWebhook(webhookId: string, sealed: string): Promise<StoredWebhook | null>;
  /** Keeps the same secret, or the same headers, under a newer key. */
  resealWebhook(webhookId: string, from: string, to: string): Promise<void>;
  /** The service disables an endpoint: the `n`th disabling, null where there is no endpoint. */
  disableWebhook(
    webhookId: string,
    reason: DisableReason,
    at: number,
  ): Promise<{ n: number; url: string } | null>;
  /** Whether there was one. */
  removeWebhook(webhookId: string): Promise<boolean>;
  /** The ids of the inbound hooks, oldest first. */
  hookIds(): Promise<string[]>;
  /** Enters a hook; false where there are as many as there may be. */
  addHook(hookId: string): Promise<boolean>;
  removeHook(hookId: string): Promise<void>;
}
