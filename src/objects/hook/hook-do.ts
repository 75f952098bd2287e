import { DurableObject } from 'cloudflare:workers';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditAction, AuditChange, AuditTrace } from '../../domain/audit/audit-record';
import { type Rejection, reject } from '../../domain/base/rejection';
import { HOOK_MAKING_LIFE, misfitOf } from '../../domain/hook/hook';
import { nextUrl } from '../../domain/hook/url-turn';
import { type Namespaces, organizationOf, orgObject } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { AuditOutbox, OUTBOX_GUARANTEE } from '../kit/audit-outbox';
import { CommitQueue } from '../kit/commit-queue';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { touched } from '../kit/open-objects';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import type { Arrival, Arrivals, Hook, HookChange, HookObject } from './contract';
import { HookStore } from './hook-store';

/**
 * One inbound hook: the only truth about it, and what became of its last deliveries. Each call names the organization
 * it is for: the router has checked, the object checks again.
 */
export class HookDO extends DurableObject<Namespaces> implements HookObject {
  readonly #store: HookStore;
  /** Arrivals of a busy hook share their commits. */
  readonly #arrivals: CommitQueue<Arrived, null>;
  readonly #outbox: AuditOutbox;
  readonly #clock: AlarmClock;
  readonly #alarm: GuardedAlarm;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    const { sql } = ctx.storage;
    const tables = new Tables(sql);
    this.#store = new HookStore(sql, tables);
    this.#outbox = new AuditOutbox(sql, tables, (bodies, organization) =>
      orgObject(env, organization).takeAudit(bodies),
    );
    this.#clock = new AlarmClock(ctx.storage);
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: ctx.id.name }));
    this.#arrivals = new CommitQueue({
      commit: (arrivals) => this.#keep(arrivals),
      sync: () => ctx.storage.sync(),
    });
  }

  /** Keeps a hook, which its organization lists next. Where it does not in time, the alarm removes it. */
  async create(organization: string, hook: Hook): Promise<void> {
    if (organization !== organizationOf(this.ctx.id.name)) throw new Error('not this organization’s object');
    await this.#clock.wake();
    transact(this.ctx.storage, [this.#store, this.#clock], () => {
      this.#store.create(hook);
      this.#clock.arm(hook.created_at + HOOK_MAKING_LIFE, hook.created_at);
    });
  }

  /** The hook, with its secret as it was sealed; null where there is none. */
  async get(organization: string): Promise<Hook | null> {
    return this.#load(organization);
  }

  /** The hook as `change` leaves it, from the next delivery on; null where there is none. */
  async update(
    organization: string,
    { verification, mapping }: HookChange,
    refusable = false,
    trace?: AuditTrace,
  ): Promise<Hook | Rejection | null> {
    await this.#clock.wake();
    const hook = this.#load(organization);
    if (hook === null) return null;
    const now = Date.now();
    const changed = { ...hook, ...verification, mapping: mapping ?? hook.mapping, updated_at: now };
    const misfit = refusable ? misfitOf(changed.verification, changed.mapping) : null;
    if (misfit !== null) return reject('validation_failed', `${misfit.path} ${misfit.message}.`, [misfit]);
    transact(this.ctx.storage, [this.#store, this.#clock], () => {
      this.#store.update(changed);
      if (trace !== undefined)
        this.#record(trace, 'hook.change', hook.hook_id, changesOf(hook, changed), now);
    });
    if (trace !== undefined) await this.#delivered();
    return changed;
  }

  /** Gives the hook another URL; the one before is served for `grace` ms more. Null where there is no hook. */
  async rotateUrl(organization: string, grace: number, trace: AuditTrace): Promise<Hook | null> {
    await this.#clock.wake();
    const hook = this.#load(organization);
    if (hook === null) return null;
    const now = Date.now();
    const rotated = { ...hook, ...nextUrl(hook, grace, now), updated_at: now };
    transact(this.ctx.storage, [this.#store, this.#clock], () => {
      this.#store.rotateUrl(rotated);
      this.#record(trace, 'hook.rotate', hook.hook_id, [{ field: 'url' }], now);
    });
    await this.#delivered();
    return rotated;
  }

  /** Removes the hook with all it holds; false where there is none. */
  async remove(organization: string): Promise<boolean> {
    if (this.#load(organization) === null) return false;
    await this.#outbox.deliver();
    const deleted = this.ctx.storage.deleteAll();
    this.#store.forget();
    await deleted;
    this.#store.forget();
    return true;
  }

  /** Keeps what became of a delivery, where the hook is still there. An older Worker does not say whether it was proven. */
  async record(organization: string, arrival: Arrival, proven = true): Promise<void> {
    if (this.#load(organization) !== null) await this.#arrivals.run({ arrival, proven });
  }

  /** What is kept of the last deliveries; null where there is no such hook. */
  async arrivals(organization: string): Promise<Arrivals | null> {
    return this.#load(organization) === null ? null : this.#store.arrivals();
  }

  /** When each digest came first, within `within` ms before `now`; null where there is no such hook. */
  async firstSeen(
    organization: string,
    digests: string[],
    now: number,
    within: number,
  ): Promise<number[] | null> {
    if (this.#load(organization) === null) return null;
    return transact(this.ctx.storage, [this.#store], () =>
      digests.map((digest) => this.#store.firstSeen(digest, now, within)),
    );
  }

  /** Delivers the audit records that did not get through, and looks whether anybody knows of the hook. Never throws. */
  override alarm(): Promise<void> {
    touched(this.env, 'HOOK', this.ctx.id.name);
    return this.#alarm.run(async () => {
      await this.#outbox.deliver();
      await this.#giveUpUnlisted();
    });
  }

  /** Whoever made it may have died before it was listed: it could be neither seen nor deleted. */
  async #giveUpUnlisted(): Promise<void> {
    const hook = this.#store.hook();
    if (hook === null) return;
    const organization = organizationOf(this.ctx.id.name);
    const listed = await orgObject(this.env, organization).hookIds();
    if (!listed.includes(hook.hook_id)) await this.remove(organization);
  }

  /** The last statements of a transaction. */
  #record(trace: AuditTrace, action: AuditAction, id: string, changes: AuditChange[], now: number): void {
    if (changes.length === 0) return;
    const target = { type: 'hook' as const, id };
    const record = { at: now, ...trace, action, target, outcome: 'done' as const };
    this.#outbox.put({ ...record, changes }, organizationOf(this.ctx.id.name));
    this.#clock.arm(now + OUTBOX_GUARANTEE, now);
  }

  /** The hook's alarm has nothing else to do than what does not get through at once. */
  async #delivered(): Promise<void> {
    await this.#outbox.deliverSoon(this.ctx.id.name);
    if (this.#outbox.isEmpty()) this.#clock.postpone(Number.POSITIVE_INFINITY);
  }

  #keep(arrived: Arrived[]): null[] {
    if (this.#store.hook() !== null) {
      transact(this.ctx.storage, [this.#store], () => {
        for (const { arrival, proven } of arrived) this.#store.addArrival(arrival, proven);
      });
    }
    return arrived.map(() => null);
  }

  #load(organization: string): Hook | null {
    return organization === organizationOf(this.ctx.id.name) ? this.#store.hook() : null;
  }
}

/** Nothing of a mapping or a verification is shown: it may be a secret. */
function changesOf(before: Hook, after: Hook): AuditChange[] {
  const fields = ['verification', 'mapping', 'sealed_secret'] as const;
  return auditChanges<Hook>(before, after, [], fields).map(({ field }) => {
    return { field: field === 'sealed_secret' ? 'secret' : field };
  });
}

/** What became of a delivery, and whether it was proven its sender's. */
interface Arrived {
  arrival: Arrival;
  proven: boolean;
}
