import { DurableObject } from 'cloudflare:workers';
import { type Rejection, reject } from '../../domain/base/rejection';
import { misfitOf } from '../../domain/hook/hook';
import { type Namespaces, organizationOf } from '../address';
import { CommitQueue } from '../kit/commit-queue';
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

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new HookStore(ctx.storage.sql);
    this.#arrivals = new CommitQueue({
      commit: (arrivals) => this.#keep(arrivals),
      sync: () => ctx.storage.sync(),
    });
  }

  async create(organization: string, hook: Hook): Promise<void> {
    if (organization !== organizationOf(this.ctx.id.name)) throw new Error('not this organization’s object');
    transact(this.ctx.storage, [this.#store], () => this.#store.create(hook));
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
  ): Promise<Hook | Rejection | null> {
    const hook = this.#load(organization);
    if (hook === null) return null;
    const changed = {
      ...hook,
      ...verification,
      mapping: mapping ?? hook.mapping,
      updated_at: Date.now(),
    };
    const misfit = refusable ? misfitOf(changed.verification, changed.mapping) : null;
    if (misfit !== null) return reject('validation_failed', `${misfit.path} ${misfit.message}.`, [misfit]);
    this.#store.update(changed);
    return changed;
  }

  /** Removes the hook with all it holds; false where there is none. */
  async remove(organization: string): Promise<boolean> {
    if (this.#load(organization) === null) return false;
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

/** What became of a delivery, and whether it was proven its sender's. */
interface Arrived {
  arrival: Arrival;
  proven: boolean;
}
