import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Tables } from '../kit/tables';
import type { Deletion, DeletionPlace, OrganizationEntry } from './contract';
import { DIRECTORY_MIGRATIONS } from './directory-schema';

type DeletionRow = Omit<Deletion, 'place' | 'requested_by'> & { place: string };

/** Where every deletion begins. */
const BEGINNING: DeletionPlace = {
  ...{ step: 'closing', shard: 0, page: [], closed_at: null },
  ...{ webhooks: 0, hooks: 0, jobs: 0 },
};

/** SQL of the organizations that are being deleted, and of those that were. The caller sets the transaction. */
export class DeletionStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** `trace` is of who asked for it; null where a Worker of an older build has not said so. */
  begin(
    { organization_id, name, created_at }: OrganizationEntry,
    now: number,
    trace: AuditTrace | null,
  ): void {
    this.#tables.migrate(DIRECTORY_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO deletion VALUES (?, ?, ?, ?, NULL, ?)',
      ...[organization_id, name, created_at, now, JSON.stringify(BEGINNING)],
    );
    if (trace === null) return;
    this.#sql.exec('INSERT INTO deletion_request VALUES (?, ?)', organization_id, JSON.stringify(trace));
  }

  get(organizationId: string): Deletion | null {
    if (!this.#tables.has('deletion')) return null;
    const query = 'SELECT * FROM deletion WHERE organization_id = ?';
    const [row] = this.#sql.exec<DeletionRow>(query, organizationId).toArray();
    return row === undefined ? null : { ...toDeletion(row), requested_by: this.#requestOf(organizationId) };
  }

  #requestOf(organizationId: string): AuditTrace | null {
    if (!this.#tables.has('deletion_request')) return null;
    const query = 'SELECT trace FROM deletion_request WHERE organization_id = ?';
    const [row] = this.#sql.exec<{ trace: string }>(query, organizationId).toArray();
    return row === undefined ? null : (JSON.parse(row.trace) as AuditTrace);
  }

  /** `limit` of those that are under way, the one that was asked for first first. */
  underWay(limit: number): Deletion[] {
    if (!this.#tables.has('deletion')) return [];
    const query = 'SELECT * FROM deletion WHERE finished_at IS NULL ORDER BY requested_at LIMIT ?';
    return this.#sql.exec<DeletionRow>(query, limit).toArray().map(toDeletion);
  }

  /** Keeps how far one is, and when (ms) it was finished. */
  save(organizationId: string, place: DeletionPlace, finishedAt: number | null): void {
    this.#sql.exec(
      'UPDATE deletion SET place = ?, finished_at = ? WHERE organization_id = ?',
      ...[JSON.stringify(place), finishedAt, organizationId],
    );
  }
}

function toDeletion({ place, ...row }: DeletionRow): Deletion {
  return { ...row, place: JSON.parse(place) as DeletionPlace };
}
