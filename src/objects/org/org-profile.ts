import type { Grant } from '../../domain/access/api-key';
import { changedLimits } from '../../domain/access/limits';
import { raisedTo, refuseFewerShards, shardCount } from '../../domain/access/shards';
import { organizationSuspended } from '../../domain/access/standing';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import type { StoredWebhook } from '../../domain/webhook/webhook';
import type { OrganizationChange, OrganizationProfile } from './contract';
import type { OrgAudit } from './org-audit';
import type { OrgStore, Profile } from './org-store';

/** How an organization stands, and what that makes of its credentials and endpoints. One that was closed is none. */
export class OrgProfile {
  readonly #store: OrgStore;
  readonly #audit: OrgAudit;
  readonly #standard: number;

  /** `standard` is how many shards an organization's index has that was not raised. */
  constructor(store: OrgStore, audit: OrgAudit, standard: number) {
    this.#standard = standard;
    this.#store = store;
    this.#audit = audit;
  }

  get(): Profile | null {
    const profile = this.#store.profile();
    return profile?.closed_at === null ? profile : null;
  }

  /** The organization, where something may be made in it. That it is served a Worker believes for 30 s. */
  served(): Profile | Rejection | null {
    const profile = this.get();
    return profile === null || profile.suspended_at === null ? profile : organizationSuspended();
  }

  /** Why nothing joins it: any more, where it is being deleted, or for now. */
  get shut(): 'closed' | Rejection | null {
    const { closed_at = null, suspended_at = null } = this.#store.profile() ?? {};
    if (closed_at !== null) return 'closed';
    return suspended_at === null ? null : organizationSuspended();
  }

  shown(): OrganizationProfile | null {
    const profile = this.get();
    if (profile === null) return null;
    const { name, salt, created_at, suspended_at, limits, shards = null } = profile;
    return { name, salt, created_at, suspended_at, limits, shards };
  }

  /** How many shards its index has, while it is being deleted too. */
  get shards(): number {
    return shardCount(this.#store.profile()?.shards, this.#standard);
  }

  /** The organization as `change` leaves it, or why it is not to be changed; null where there is none. */
  change(
    { name, limits, suspended, shards: count }: OrganizationChange,
    now: number,
    trace?: AuditTrace,
  ): OrganizationProfile | Rejection | null {
    const before = this.get();
    if (before === null) return null;
    const { shards } = this;
    const fewer = count === undefined ? null : refuseFewerShards(count, shards);
    if (fewer !== null) return fewer;
    const raised = count === undefined ? null : raisedTo(before.shards ?? null, this.#standard, count, now);
    const isSuspended = before.suspended_at !== null;
    const after: Profile = {
      ...before,
      name: name ?? before.name,
      limits: limits === undefined ? before.limits : changedLimits(before.limits, limits),
      suspended_at: (suspended ?? isSuspended) ? (before.suspended_at ?? now) : null,
      resumed_at: isSuspended && suspended === false ? now : before.resumed_at,
      shards: raised ?? before.shards ?? null,
    };
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      this.#audit.transact(() => {
        this.#store.save(after);
        this.#record(trace, before, after, now);
      });
    }
    return this.shown();
  }

  /** Closes it, again too. */
  close(now: number): void {
    const profile = this.get();
    if (profile !== null) this.#audit.transact(() => this.#store.save({ ...profile, closed_at: now }));
  }

  /**
   * What a credential proves in the organization as it stands. One that is suspended opens nothing, which a Worker of an
   * older build reads off the permissions.
   */
  grant<Granted extends Grant>(
    granted: Granted | null,
    { suspended_at, limits, shards = null }: Profile,
  ): Granted | null {
    if (granted === null) return null;
    if (suspended_at !== null) return { ...granted, permissions: [], suspended: true };
    if (limits === null && shards === null) return granted;
    return { ...granted, limits, shards };
  }

  /**
   * An endpoint as its object is to take it. While the organization is suspended nothing is sent, and that time counts as no
   * failure; of one that was closed there is none.
   */
  endpoint(webhook: StoredWebhook | null): StoredWebhook | null {
    const profile = this.#store.profile();
    if (webhook === null || profile === null) return webhook;
    const { closed_at, suspended_at, resumed_at } = profile;
    if (closed_at !== null) return null;
    const told = { ...webhook, shards: this.shards };
    if (suspended_at !== null) return { ...told, enabled: false };
    return resumed_at === null
      ? told
      : { ...told, enabled_at: Math.max(webhook.enabled_at ?? 0, resumed_at) };
  }

  #record(trace: AuditTrace | undefined, before: Profile, after: Profile, now: number): void {
    const target = { type: 'organization' as const, id: after.organization_id };
    const shown = (profile: Profile) => ({ ...profile, shards: shardCount(profile.shards, this.#standard) });
    const changes = auditChanges<Omit<Profile, 'shards'> & { shards: number }>(
      ...([shown(before), shown(after), ['name', 'limits', 'shards']] as const),
    );
    if (changes.length > 0) this.#audit.record(trace, 'organization.change', target, now, changes);
    if ((before.suspended_at === null) === (after.suspended_at === null)) return;
    const action = after.suspended_at === null ? 'organization.resume' : 'organization.suspend';
    this.#audit.record(trace, action, target, now);
  }
}
