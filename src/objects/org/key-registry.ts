import { type ApiKey, DEAD_KEYS_KEPT, type KeyTerms, type Maker } from '../../domain/access/api-key';
import type { Permission } from '../../domain/access/permission';
import { fromColumn, toColumn } from '../kit/json-column';
import { Tables } from '../kit/tables';
import { ORG_MIGRATIONS } from './org-schema';

/** A key with the digests (SHA-256, hex) of its secrets. */
export type StoredKey = ApiKey & { digest: string; older_digest: string | null };

/** A place in the list of keys, oldest first: what follows is younger. */
export type KeyPlace = Pick<ApiKey, 'created_at' | 'key_id'>;

/** As the table has it; what stands in columns that came later is absent from tables that are older. */
type KeyRow = Pick<ApiKey, 'key_id' | 'name' | 'created_at' | 'revoked_at'> & {
  permissions: string;
  digest: string;
  expires_at?: number | null;
  job_types?: string | null;
  created_by?: string | null;
  last_used_at?: number | null;
  older_digest?: string | null;
  older_until?: number | null;
};

/** SQL of an organization's API keys. The caller sets the transaction. */
export class KeyRegistry {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  add(key: Omit<StoredKey, 'revoked_at' | 'last_used_at' | 'older_digest' | 'older_secret_until'>): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    const { key_id, name, digest, permissions, created_at, expires_at, job_types, created_by } = key;
    this.#sql.exec(
      `INSERT INTO api_key (key_id, name, digest, permissions, created_at, expires_at, job_types, created_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[key_id, name, digest, JSON.stringify(permissions), created_at, expires_at],
      ...[toColumn(job_types), toColumn(created_by)],
    );
  }

  get(keyId: string): StoredKey | null {
    if (!this.#tables.has('api_key')) return null;
    const [row] = this.#sql.exec<KeyRow>('SELECT * FROM api_key WHERE key_id = ?', keyId).toArray();
    return row === undefined ? null : toKey(row);
  }

  /** At most `limit` keys behind `after`, oldest first, the revoked and the expired among them. */
  page(after: KeyPlace | null, limit: number): StoredKey[] {
    if (!this.#tables.has('api_key')) return [];
    const { created_at = -1, key_id = '' } = after ?? {};
    const rows = this.#sql.exec<KeyRow>(
      'SELECT * FROM api_key WHERE (created_at, key_id) > (?, ?) ORDER BY created_at, key_id LIMIT ?',
      ...[created_at, key_id, limit],
    );
    return rows.toArray().map(toKey);
  }

  /** How many open something at `now`. */
  alive(now: number): number {
    this.#tables.migrate(ORG_MIGRATIONS);
    const query =
      'SELECT count(*) AS alive FROM api_key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)';
    return Number(this.#sql.exec(query, now).one().alive);
  }

  /** Deletes the revoked and expired keys but for the newest, a hundred at most. */
  forgetDead(now: number): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      `DELETE FROM api_key WHERE key_id IN (
        SELECT key_id FROM api_key WHERE revoked_at IS NOT NULL OR expires_at <= ?
        ORDER BY created_at DESC, key_id DESC LIMIT 100 OFFSET ?)`,
      ...[now, DEAD_KEYS_KEPT],
    );
  }

  change(keyId: string, { name, permissions, job_types, expires_at }: KeyTerms & { name: string }): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      'UPDATE api_key SET name = ?, permissions = ?, job_types = ?, expires_at = ? WHERE key_id = ?',
      ...[name, JSON.stringify(permissions), toColumn(job_types), expires_at, keyId],
    );
  }

  /** Another secret opens the key; the one before does too until `until` (ms). */
  rotate({ key_id, digest }: Pick<StoredKey, 'key_id' | 'digest'>, next: string, until: number): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      'UPDATE api_key SET digest = ?, older_digest = ?, older_until = ? WHERE key_id = ?',
      ...[next, digest, until, key_id],
    );
  }

  revoke(keyId: string, now: number): void {
    this.#sql.exec('UPDATE api_key SET revoked_at = ? WHERE key_id = ?', now, keyId);
  }

  /** The key was shown in the hour that began at `hour` (ms). */
  used(keyId: string, hour: number): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec('UPDATE api_key SET last_used_at = ? WHERE key_id = ?', hour, keyId);
  }

  /** The keys that a key made, with that one's id and whether they open anything at `now`. */
  madeByKeys(now: number): { key_id: string; by: string; alive: number }[] {
    if (!this.#tables.has('api_key')) return [];
    this.#tables.migrate(ORG_MIGRATIONS);
    const rows = this.#sql.exec<{ key_id: string; by: string; alive: number }>(
      `SELECT key_id, created_by ->> '$.id' AS by,
          revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AS alive
        FROM api_key WHERE created_by ->> '$.type' = 'key'`,
      now,
    );
    return rows.toArray();
  }
}

function toKey(row: KeyRow): StoredKey {
  const { key_id, name, created_at, revoked_at, digest } = row;
  const { expires_at = null, last_used_at = null, older_digest = null, older_until = null } = row;
  return {
    key_id,
    name,
    permissions: JSON.parse(row.permissions) as Permission[],
    job_types: fromColumn<string[]>(row.job_types),
    expires_at,
    created_at,
    revoked_at,
    created_by: fromColumn<Maker>(row.created_by),
    last_used_at,
    older_secret_until: older_until,
    digest,
    older_digest,
  };
}
