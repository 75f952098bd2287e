import type { ApiKey } from '../../domain/access/api-key';
import type { Permission } from '../../domain/access/permission';
import { Tables } from '../kit/tables';
import { ORG_MIGRATIONS } from './org-schema';

export interface Profile {
  organization_id: string;
  name: string;
  /** 32 random bytes as hex, never changed: what ids made from an idempotency key hang on. */
  salt: string;
  created_at: number;
}

type KeyRow = {
  key_id: string;
  name: string;
  permissions: string;
  created_at: number;
  revoked_at: number | null;
};

/** All SQL of an organization's object. The caller sets the transaction. */
export class OrgStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  profile(): Profile | null {
    if (!this.#tables.has('profile')) return null;
    const [row] = this.#sql
      .exec<Profile & Record<string, SqlStorageValue>>('SELECT * FROM profile')
      .toArray();
    return row ?? null;
  }

  create({ organization_id, name, salt, created_at }: Profile): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec('INSERT INTO profile VALUES (?, ?, ?, ?)', organization_id, name, salt, created_at);
  }

  addKey({ key_id, name, permissions, created_at }: ApiKey, digest: string): void {
    this.#sql.exec(
      'INSERT INTO api_key VALUES (?, ?, ?, ?, ?, NULL)',
      ...[key_id, name, digest, JSON.stringify(permissions), created_at],
    );
  }

  keys(): ApiKey[] {
    const rows = this.#sql.exec<KeyRow>(
      'SELECT key_id, name, permissions, created_at, revoked_at FROM api_key ORDER BY created_at, key_id',
    );
    return rows.toArray().map(toKey);
  }

  key(keyId: string): (ApiKey & { digest: string }) | null {
    const [row] = this.#sql
      .exec<KeyRow & { digest: string }>('SELECT * FROM api_key WHERE key_id = ?', keyId)
      .toArray();
    return row === undefined ? null : { ...toKey(row), digest: row.digest };
  }

  revoke(keyId: string, now: number): void {
    this.#sql.exec('UPDATE api_key SET revoked_at = ? WHERE key_id = ?', now, keyId);
  }

  /** The ids of the organization's inbound hooks, oldest first: each hook itself is an object of its own. */
  hookIds(): string[] {
    if (!this.#tables.has('hook')) return [];
    const rows = this.#sql.exec<{ hook_id: string }>('SELECT hook_id FROM hook ORDER BY created_at, hook_id');
    return rows.toArray().map(({ hook_id }) => hook_id);
  }

  addHook(hookId: string, now: number): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec('INSERT INTO hook VALUES (?, ?)', hookId, now);
  }

  removeHook(hookId: string): void {
    if (this.#tables.has('hook')) this.#sql.exec('DELETE FROM hook WHERE hook_id = ?', hookId);
  }
}

function toKey({ key_id, name, permissions, created_at, revoked_at }: KeyRow): ApiKey {
  return { key_id, name, permissions: JSON.parse(permissions) as Permission[], created_at, revoked_at };
}
