import type { Limits } from '../../domain/access/limits';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditAction, AuditChange, AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import { refuseEndpoint, refuseUrl } from '../../domain/webhook/endpoint-quota';
import { askedAnew, owesAnswer } from '../../domain/webhook/first-answer';
import { type DisableReason, MAKING_LIFE, type StoredWebhook } from '../../domain/webhook/webhook';
import type { Tables } from '../kit/tables';
import type { WebhookChange } from './contract';
import type { OrgAudit } from './org-audit';
import { rotated, WebhookRegistry } from './webhook-registry';

/** What of an endpoint a record shows; of the rest a URL, a header or a text may be somebody's secret. */
const SHOWN = ['event_types', 'job_types', 'statuses', 'format', 'enabled', 'disabled'] as const;
const NAMED = ['url', 'description', 'sealed_headers'] as const;

/** An organization's webhook endpoints: what each is set to, and who set it. */
export class OrgWebhooks {
  readonly #webhooks: WebhookRegistry;
  readonly #audit: OrgAudit;

  constructor(sql: SqlStorage, tables: Tables, audit: OrgAudit) {
    this.#webhooks = new WebhookRegistry(sql, tables);
    this.#audit = audit;
  }

  /** Oldest first. */
  all(): StoredWebhook[] {
    return this.#webhooks.all();
  }

  get(webhookId: string): StoredWebhook | null {
    return this.#webhooks.get(webhookId);
  }

  /** Keeps an endpoint, or says why there may be no more; `late` for one that was begun too long ago. */
  add(webhook: StoredWebhook, limits: Limits, now: number, trace?: AuditTrace): true | 'late' | Rejection {
    if (now - webhook.created_at > MAKING_LIFE / 2) return 'late';
    const full = refuseEndpoint(webhook, this.#webhooks.all(), limits);
    if (full !== null) return full;
    this.#audit.transact(() => {
      this.#webhooks.add(webhook);
      const changes = changesOf({}, webhook).filter(({ field }) => field !== 'disabled');
      this.#record(trace, 'webhook.create', webhook.webhook_id, now, changes);
    });
    return true;
  }

  /**
   * Changes an endpoint; null where there is none. One that is enabled again is no longer disabled by the service, and one
   * that goes to another host has to answer there.
   */
  change(
    webhookId: string,
    change: WebhookChange,
    limits: Limits,
    now: number,
    trace?: AuditTrace,
  ): StoredWebhook | Rejection | null {
    const full = refuseUrl(change.url, webhookId, this.#webhooks.all(), limits);
    if (full !== null) return full;
    return this.#change(trace, 'webhook.change', webhookId, now, (before) => ({
      ...change,
      ...(change.enabled === true ? { disabled: null, paused_at: null } : {}),
      ...(change.enabled === true && !before.enabled ? { enabled_at: now } : {}),
      ...(change.enabled === false && before.enabled ? { paused_at: now } : {}),
      ...askedAnew(before, change, now),
    }));
  }

  rotate(webhookId: string, sealed: string, now: number, trace?: AuditTrace): StoredWebhook | null {
    return this.#change(trace, 'webhook.rotate', webhookId, now, (webhook) => rotated(webhook, sealed, now));
  }

  /** Keeps the same secret under a newer key: nobody's act. */
  reseal(webhookId: string, from: string, to: string): void {
    this.#webhooks.change(webhookId, ({ secrets, sealed_headers }) => ({
      ...(sealed_headers === from ? { sealed_headers: to } : {}),
      secrets: secrets.map((secret) => (secret.sealed === from ? { ...secret, sealed: to } : secret)),
    }));
  }

  /**
   * The service's own disabling for what `sentTo` has answered, the `n`th; told again it changes nothing. A decision from before
   * its owner enabled it, or let it go elsewhere, disables nothing: `n` is 0. Null where there is no endpoint.
   */
  disable(
    webhookId: string,
    { reason, at, url: sentTo }: { reason: DisableReason; at: number; url?: string | undefined },
    trace: AuditTrace,
  ): { n: number; url: string } | null {
    const webhook = this.#change(
      trace,
      'webhook.disable',
      webhookId,
      at,
      ({ enabled, enabled_at = 0, disablings, url }) =>
        enabled && enabled_at <= at && (sentTo ?? url) === url
          ? { enabled: false, disabled: { reason, at }, disablings: disablings + 1 }
          : {},
    );
    if (webhook === null) return null;
    const { disabled, disablings, url } = webhook;
    return { n: disabled?.at === at && disabled.reason === reason ? disablings : 0, url };
  }

  /** The host has answered what it was asked at `askedAt`: nobody's act. What was asked anew since is still to be answered. */
  answered(webhookId: string, askedAt: number, at: number): void {
    this.#webhooks.change(webhookId, (webhook) =>
      owesAnswer(webhook) && webhook.asked_at === askedAt ? { answered_at: at } : {},
    );
  }

  /** Whether there was one. */
  remove(webhookId: string, now: number, trace?: AuditTrace): boolean {
    return this.#audit.transact(() => {
      const was = this.#webhooks.remove(webhookId);
      if (was) this.#record(trace, 'webhook.delete', webhookId, now, []);
      return was;
    });
  }

  #change(
    trace: AuditTrace | undefined,
    action: AuditAction,
    webhookId: string,
    now: number,
    change: (webhook: StoredWebhook) => Partial<StoredWebhook>,
  ): StoredWebhook | null {
    const before = this.#webhooks.get(webhookId);
    if (before === null) return null;
    return this.#audit.transact(() => {
      const after = this.#webhooks.change(webhookId, change);
      const changes = changesOf(before, after ?? before);
      if (changes.length > 0) this.#record(trace, action, webhookId, now, changes);
      return after;
    });
  }

  #record(
    trace: AuditTrace | undefined,
    action: AuditAction,
    id: string,
    now: number,
    changes: AuditChange[],
  ): void {
    this.#audit.record(trace, action, { type: 'webhook', id }, now, changes);
  }
}

function changesOf(before: Partial<StoredWebhook>, after: StoredWebhook): AuditChange[] {
  const secret = newest(before) === newest(after) ? [] : [{ field: 'secret' }];
  const changes = auditChanges<StoredWebhook>(before, after, SHOWN, NAMED);
  return [...changes.map((one) => (one.field === 'sealed_headers' ? { field: 'headers' } : one)), ...secret];
}

function newest({ secrets = [] }: Partial<StoredWebhook>): string | undefined {
  return secrets[0]?.sealed;
}
