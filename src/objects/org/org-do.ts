import type { Maker } from '../../domain/access/api-key';
import { refuseBeyond } from '../../domain/access/quota';
import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import { type AuditRecord, type AuditTrace, SERVICE } from '../../domain/audit/audit-record';
import { type Rejection, reject } from '../../domain/base/rejection';
import { HOOK_MAKING_LIFE } from '../../domain/hook/hook';
import { slotsOf } from '../../domain/webhook/endpoint-quota';
import type { DisableReason, StoredWebhook } from '../../domain/webhook/webhook';
import { touched } from '../kit/open-objects';
import type {
  HookPlace,
  OrganizationChange,
  OrganizationProfile,
  OrganizationUse,
  OrgObject,
  WebhookChange,
} from './contract';
import { OrgCredentials } from './org-credentials';

/** One organization: its profile, its salt, its credentials, its webhook endpoints, the ids of its inbound hooks. */
export class OrgDO extends OrgCredentials implements OrgObject {
  /** Makes the organization; false where it is there already. */
  async create(
    organizationId: string,
    name: string,
    salt: string,
    trace?: AuditTrace,
  ): Promise<{ created: boolean; created_at: number; name: string }> {
    const present = this.parts.store.profile();
    if (present !== null) return { created: false, created_at: present.created_at, name: present.name };
    const created_at = Date.now();
    this.parts.audit.transact(() => {
      this.parts.store.create({ organization_id: organizationId, name, salt, created_at });
      const target = { type: 'organization' as const, id: organizationId };
      const named = { field: 'name', from: null, to: name };
      this.parts.audit.record(trace, 'organization.create', target, created_at, [named]);
    });
    return { created: true, created_at, name };
  }

  async salt(): Promise<string | null> {
    return this.parts.profile.get()?.salt ?? null;
  }

  /** Null where there is no such organization, or where it is being deleted. */
  async profile(): Promise<OrganizationProfile | null> {
    return this.parts.profile.shown();
  }

  async changeProfile(
    change: OrganizationChange,
    trace?: AuditTrace,
  ): Promise<OrganizationProfile | Rejection | null> {
    return this.parts.profile.change(change, Date.now(), trace);
  }

  async shardCount(): Promise<number> {
    return this.parts.profile.shards;
  }

  /** Closes it for its deletion: there is no such organization from here on. */
  async close(): Promise<void> {
    this.parts.profile.close(Date.now());
  }

  /** Deletes all that is left of one that was closed. */
  async erase(): Promise<void> {
    if (this.parts.profile.get() !== null)
      throw new Error('an organization that was not closed is not erased');
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.parts.tables.forget();
    this.parts.audit.forget();
  }

  async use(): Promise<OrganizationUse> {
    const now = Date.now();
    return {
      keys: this.parts.keys.alive(now),
      filter_tokens: this.parts.filterTokens.standing(now),
      sessions: this.parts.sessions.standing(now),
      webhooks: this.parts.webhooks.all().length,
      hooks: this.parts.store.hookIds().length,
    };
  }

  async webhooks(): Promise<StoredWebhook[]> {
    return this.parts.webhooks.all();
  }

  async webhook(webhookId: string): Promise<StoredWebhook | null> {
    const webhook = this.parts.profile.endpoint(this.parts.webhooks.get(webhookId));
    return (
      webhook && { ...webhook, slots: slotsOf(webhook.url, this.parts.webhooks.all(), this.parts.limits()) }
    );
  }

  /** The endpoints that read the feed. */
  async enabledWebhooks(): Promise<string[]> {
    return this.parts.webhooks.all().flatMap(({ enabled, webhook_id }) => (enabled ? [webhook_id] : []));
  }

  /** Keeps an endpoint, or says why there may be no more; `late` for one that was begun too long ago. */
  async addWebhook(webhook: StoredWebhook, trace?: AuditTrace): Promise<boolean | 'late' | Rejection> {
    const { shut } = this.parts.profile;
    if (shut !== null) return shut === 'closed' ? 'late' : shut;
    return this.parts.webhooks.add(webhook, this.parts.limits(), Date.now(), trace);
  }

  /** Changes an endpoint; null where there is none. One that is enabled again is no longer disabled by the service. */
  async changeWebhook(
    webhookId: string,
    change: WebhookChange,
    trace?: AuditTrace,
    by?: number,
  ): Promise<StoredWebhook | Rejection | null> {
    const { shut } = this.parts.profile;
    if (shut !== null) return shut === 'closed' ? null : shut;
    const now = Date.now();
    return (
      refuseLate(by, now) ?? this.parts.webhooks.change(webhookId, change, this.parts.limits(), now, trace)
    );
  }

  async rotateWebhook(
    webhookId: string,
    sealed: string,
    trace?: AuditTrace,
  ): Promise<StoredWebhook | Rejection | null> {
    const { shut } = this.parts.profile;
    if (shut !== null) return shut === 'closed' ? null : shut;
    return this.parts.webhooks.rotate(webhookId, sealed, Date.now(), trace);
  }

  /** Keeps the same secret under a newer key. */
  async resealWebhook(webhookId: string, from: string, to: string): Promise<void> {
    this.parts.webhooks.reseal(webhookId, from, to);
  }

  /** The service's own disabling, the `n`th, 0 where it disabled nothing; null where there is no endpoint. */
  async disableWebhook(
    webhookId: string,
    reason: DisableReason,
    at: number,
    url?: string,
  ): Promise<{ n: number; url: string } | null> {
    return this.parts.webhooks.disable(webhookId, { reason, at, url }, SERVICE);
  }

  /** The host of an endpoint has answered what it was asked at `askedAt`. */
  async webhookAnswered(webhookId: string, askedAt: number, at: number): Promise<void> {
    this.parts.webhooks.answered(webhookId, askedAt, at);
  }

  /** Whether there was one. */
  async removeWebhook(webhookId: string, trace?: AuditTrace, by?: number): Promise<boolean | Rejection> {
    const now = Date.now();
    return refuseLate(by, now) ?? this.parts.webhooks.remove(webhookId, now, trace);
  }

  /** The ids of the inbound hooks, oldest first. */
  async hookIds(): Promise<string[]> {
    return this.parts.store.hookIds();
  }

  /** A page of them. */
  async hookPage(after: HookPlace | null, limit: number): Promise<HookPlace[]> {
    return this.parts.store.hookPage(after, limit);
  }

  /** Enters a hook and who made it, or says why there may be no more. */
  async addHook(
    hookId: string,
    createdBy: Maker | null = null,
    trace?: AuditTrace,
    madeAt = Number.POSITIVE_INFINITY,
  ): Promise<boolean | Rejection> {
    const { shut } = this.parts.profile;
    if (shut !== null) return shut === 'closed' ? false : shut;
    const now = Date.now();
    if (now - madeAt > HOOK_MAKING_LIFE / 2)
      return reject('overloaded', 'The hook could not be made in time. Try again shortly.');
    const use = this.parts.store.hookIds().length;
    const full = refuseBeyond(
      use,
      this.parts.limits().hooks,
      'hooks in the organization',
      'delete one first',
    );
    if (full !== null) return full;
    this.parts.audit.transact(() => {
      this.parts.store.addHook(hookId, now, createdBy);
      this.parts.audit.record(trace, 'hook.create', { type: 'hook', id: hookId }, now);
    });
    return true;
  }

  async removeHook(hookId: string, trace?: AuditTrace): Promise<void> {
    if (!this.parts.store.hookIds().includes(hookId)) return;
    this.parts.audit.transact(() => {
      this.parts.store.removeHook(hookId);
      this.parts.audit.record(trace, 'hook.delete', { type: 'hook', id: hookId }, Date.now());
    });
  }

  /** Keeps audit records that were carried here; where there is no such organization any more, nobody reads them. */
  async takeAudit(bodies: string[]): Promise<void> {
    if (this.parts.profile.get() !== null) this.parts.audit.take(bodies, Date.now());
  }

  /** Records a refused act, or counts it beyond the hour's first. */
  async refusedAct(record: AuditRecord, more: number): Promise<void> {
    await this.parts.clock.wake();
    if (this.parts.profile.get() !== null) this.parts.audit.refused(record, more, Date.now());
  }

  async auditPage(ask: AuditAsk): Promise<AuditPart> {
    return this.parts.audit.page(ask, Date.now());
  }

  /** Records what was counted in an hour that is over. Never throws. */
  override alarm(): Promise<void> {
    touched(this.env, 'ORG', this.ctx.id.name);
    return this.parts.alarm.run(async () => this.parts.audit.run(Date.now()));
  }
}

/** Why what was to be done by `by` (ms) is not done any more; null where it may be. */
function refuseLate(by: number | undefined, now: number): Rejection | null {
  return by !== undefined && now > by
    ? reject('overloaded', 'The endpoint could not be changed in time. Try again shortly.')
    : null;
}
