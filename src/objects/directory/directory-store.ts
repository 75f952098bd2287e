import { Tables } from '../kit/tables';
import type { EntryChange, OrganizationEntry } from './contract';
import { DIRECTORY_MIGRATIONS } from './directory-schema';

/** SQL of the organizations that there are. The caller sets the transaction. */
export class DirectoryStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  put({ organization_id, name, created_at }: OrganizationEntry): void {
    this.#tables.migrate(DIRECTORY_MIGRATIONS);
    this.#sql.exec(
      `INSERT INTO organization (organization_id, name, created_at) VALUES (?, ?, ?)
        ON CONFLICT (organization_id) DO NOTHING`,
      ...[organization_id, name, created_at],
    );
  }

  /** At most `limit` behind the one with the id `after`, in the order of their ids. */
  page(after: string | null, limit: number): OrganizationEntry[] {
    if (!this.#tables.has('organization')) return [];
    const query = `${this.#entries()} WHERE organization_id > ? ORDER BY organization_id LIMIT ?`;
    return this.#sql.exec<OrganizationEntry>(query, after ?? '', limit).toArray();
  }

  get(organizationId: string): OrganizationEntry | null {
    if (!this.#tables.has('organization')) return null;
    const query = `${this.#entries()} WHERE organization_id = ?`;
    return this.#sql.exec<OrganizationEntry>(query, organizationId).toArray()[0] ?? null;
  }

  change({ organization_id, ...entry }: OrganizationEntry, change: EntryChange): void {
    this.#tables.migrate(DIRECTORY_MIGRATIONS);
    const { name, suspended_at = null } = { ...entry, ...change };
    this.#sql.exec(
      'UPDATE organization SET name = ?, suspended_at = ? WHERE organization_id = ?',
      ...[name, suspended_at, organization_id],
    );
  }

  remove(organizationId: string): void {
    this.#sql.exec('DELETE FROM organization WHERE organization_id = ?', organizationId);
  }

  organizationWith(externalId: string): string | null {
    if (!this.#tables.has('external_id')) return null;
    const query = 'SELECT organization_id FROM external_id WHERE external_id = ?';
    const [row] = this.#sql.exec<{ organization_id: string }>(query, externalId).toArray();
    return row?.organization_id ?? null;
  }

  setExternalId(organizationId: string, externalId: string | null): void {
    this.#tables.migrate(DIRECTORY_MIGRATIONS);
    this.#sql.exec('DELETE FROM external_id WHERE organization_id = ?', organizationId);
    if (externalId === null) return;
    this.#sql.exec('INSERT INTO external_id VALUES (?, ?)', externalId, organizationId);
  }

  /** Reading makes no tables: those of before know neither ids of a provider's nor deletions. */
  #entries(): string {
    const external = this.#tables.has('external_id');
    const deletion = this.#tables.has('deletion');
    const columns = [
      'organization_id, organization.name, organization.created_at',
      external ? 'external_id' : 'NULL AS external_id',
      deletion ? 'suspended_at, requested_at AS deleting_at' : 'NULL AS suspended_at, NULL AS deleting_at',
    ];
    return `SELECT ${columns.join(', ')} FROM organization
      ${external ? 'LEFT JOIN external_id USING (organization_id)' : ''}
      ${deletion ? 'LEFT JOIN deletion USING (organization_id)' : ''}`;
  }
}
