import { Tables } from '../kit/tables';
import type { OrganizationEntry } from './contract';
import { DIRECTORY_MIGRATIONS } from './directory-schema';

/** All SQL of the directory. */
export class DirectoryStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#tables = new Tables(sql);
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#tables.forget();
  }

  put({ organization_id, name, created_at }: OrganizationEntry): void {
    this.#tables.migrate(DIRECTORY_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO organization VALUES (?, ?, ?) ON CONFLICT (organization_id) DO NOTHING',
      ...[organization_id, name, created_at],
    );
  }

  list(): OrganizationEntry[] {
    if (!this.#tables.has('organization')) return [];
    return this.#sql.exec<OrganizationEntry>(`${this.#entries()} ORDER BY organization_id`).toArray();
  }

  get(organizationId: string): OrganizationEntry | null {
    if (!this.#tables.has('organization')) return null;
    const query = `${this.#entries()} WHERE organization_id = ?`;
    return this.#sql.exec<OrganizationEntry>(query, organizationId).toArray()[0] ?? null;
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

  /** Reading makes no tables: those of before know no ids of a provider's. */
  #entries(): string {
    return this.#tables.has('external_id')
      ? 'SELECT * FROM organization LEFT JOIN external_id USING (organization_id)'
      : 'SELECT *, NULL AS external_id FROM organization';
  }
}
