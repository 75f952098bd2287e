import { DurableObject } from 'cloudflare:workers';
import type { Namespaces } from '../address';
import { transact } from '../kit/transact';
import type { DirectoryObject, OrganizationEntry } from './contract';
import { DirectoryStore } from './directory-store';

/** The one list of organizations, for the operator's routes alone. */
export class DirectoryDO extends DurableObject<Namespaces> implements DirectoryObject {
  readonly #store: DirectoryStore;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new DirectoryStore(ctx.storage.sql);
  }

  /** Enters an organization; entering it again changes nothing. */
  async enter(entry: OrganizationEntry): Promise<void> {
    transact(this.ctx.storage, [this.#store], () => this.#store.put(entry));
  }

  /** Gives an organization its id at the provider, or takes it; `taken` where it is another's. */
  async setExternalId(
    organizationId: string,
    externalId: string | null,
  ): Promise<OrganizationEntry | 'taken' | null> {
    if (this.#store.get(organizationId) === null) return null;
    const holder = externalId === null ? null : this.#store.organizationWith(externalId);
    if (holder !== null && holder !== organizationId) return 'taken';
    transact(this.ctx.storage, [this.#store], () => this.#store.setExternalId(organizationId, externalId));
    return this.#store.get(organizationId);
  }

  async organizationWith(externalId: string): Promise<string | null> {
    return this.#store.organizationWith(externalId);
  }

  async list(): Promise<OrganizationEntry[]> {
    return this.#store.list();
  }
}
