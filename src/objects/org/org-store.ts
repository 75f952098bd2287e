import type { Maker } from '../../domain/access/api-key';
import type { LimitOverrides } from '../../domain/access/limits';
import type { ShardRaises } from '../../domain/access/shards';
import { fromColumn, toColumn } from '../kit/json-column';
import { Tables } from '../kit/tables';
import type { HookPlace, OrganizationProfile } from './contract';
import { ORG_MIGRATIONS } from './org-schema';

/** A limit that none is: as many as there may be. */
const ALL = -1;

export interface Profile extends OrganizationProfile {
  organization_id: string;
  /** When it was last resumed (ms); null for never. */
  resumed_at: number | null;
  /** When it was closed for its deletion (ms); null where it was not. */
  closed_at: number | null;
}

/** As the table has it; what stands in columns that came later is absent from tables that are older. */
type ProfileRow = Pick<Profile, 'organization_id' | 'name' | 'salt' | 'created_at'> & {
  suspended_at?: number | null;
  resumed_at?: number | null;
  closed_at?: number | null;
  limits?: string | null;
  shards?: string | null;
};

/** SQL of an organization's profile and of the list of its hooks. The caller sets the transaction. */
export class OrgStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** The organization, one that is being deleted too. */
  profile(): Profile | null {
    if (!this.#tables.has('profile')) return null;
    const [row] = this.#sql.exec<ProfileRow>('SELECT * FROM profile').toArray();
    if (row === undefined) return null;
    const { suspended_at = null, resumed_at = null, closed_at = null, ...rest } = row;
    const limits = fromColumn<LimitOverrides>(row.limits);
    const shards = fromColumn<ShardRaises>(row.shards);
    return { ...rest, suspended_at, resumed_at, closed_at, limits, shards };
  }

  create(profile: Pick<Profile, 'organization_id' | 'name' | 'salt' | 'created_at'>): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    const { organization_id, name, salt, created_at } = profile;
    this.#sql.exec(
      'INSERT INTO profile (organization_id, name, salt, created_at) VALUES (?, ?, ?, ?)',
      ...[organization_id, name, salt, created_at],
    );
  }

  /** Writes what can change of it. */
  save({
    name,
    suspended_at,
    resumed_at,
    closed_at,
    limits,
    shards = null,
  }: Omit<Profile, 'organization_id'>) {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      'UPDATE profile SET name = ?, suspended_at = ?, resumed_at = ?, closed_at = ?, limits = ?, shards = ?',
      ...[name, suspended_at, resumed_at, closed_at, toColumn(limits), toColumn(shards)],
    );
  }

  /** The ids of the organization's inbound hooks, oldest first: each hook itself is an object of its own. */
  hookIds(): string[] {
    return this.hookPage(null, ALL).map(({ hook_id }) => hook_id);
  }

  /** At most `limit` of them behind `after`. */
  hookPage(after: HookPlace | null, limit: number): HookPlace[] {
    if (!this.#tables.has('hook')) return [];
    const { created_at = -1, hook_id = '' } = after ?? {};
    const rows = this.#sql.exec<HookPlace & Record<string, SqlStorageValue>>(
      `SELECT created_at, hook_id FROM hook WHERE (created_at, hook_id) > (?, ?)
        ORDER BY created_at, hook_id LIMIT ?`,
      ...[created_at, hook_id, limit],
    );
    return rows.toArray();
  }

  addHook(hookId: string, now: number, createdBy: Maker | null = null): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    const by = toColumn(createdBy);
    this.#sql.exec('INSERT INTO hook (hook_id, created_at, created_by) VALUES (?, ?, ?)', hookId, now, by);
  }

  /** The ids of the hooks that any of these keys made. */
  hooksMadeBy(keyIds: readonly string[]): string[] {
    if (!this.#tables.has('hook')) return [];
    this.#tables.migrate(ORG_MIGRATIONS);
    const rows = this.#sql.exec<{ hook_id: string }>(
      `SELECT hook_id FROM hook WHERE created_by ->> '$.type' = 'key'
        AND created_by ->> '$.id' IN (SELECT value FROM json_each(?)) ORDER BY created_at, hook_id`,
      JSON.stringify(keyIds),
    );
    return rows.toArray().map(({ hook_id }) => hook_id);
  }

  removeHook(hookId: string): void {
    if (this.#tables.has('hook')) this.#sql.exec('DELETE FROM hook WHERE hook_id = ?', hookId);
  }
}
