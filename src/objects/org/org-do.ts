import { DurableObject } from 'cloudflare:workers';
import type { Permission } from '../../domain/permission';
import type { Namespaces } from '../object-name';
import { type ApiKey, OrgStore } from './org-store';

/** What a key proves: the permissions it carries, and the organization's salt. */
export interface Grant {
  permissions: Permission[];
  salt: string;
}

/** One organization: its profile, its salt, its API keys. */
export class OrgDO extends DurableObject<Namespaces> {
  readonly #store: OrgStore;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new OrgStore(ctx.storage.sql);
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
    this.ctx.storage.transactionSync(() =>
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
    const key = profile === null ? null : this.#store.key(keyId);
    if (profile === null || key === null || key.revoked_at !== null) return null;
    return { permissions: key.permissions, salt: profile.salt };
  }
}
