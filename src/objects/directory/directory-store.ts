import { hasTable, migrateByTable } from '../kit/migrate';
import type { OrganizationEntry } from './contract';
import { DIRECTORY_MIGRATIONS } from './directory-schema';

/** All SQL of the directory. */
export class DirectoryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  put({ organization_id, name, created_at }: OrganizationEntry): void {
    migrateByTable(this.#sql, DIRECTORY_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO organization VALUES (?, ?, ?) ON CONFLICT (organization_id) DO NOTHING',
      ...[organization_id, name, created_at],
    );
  }

  list(): OrganizationEntry[] {
    if (!hasTable(this.#sql, 'organization')) return [];
    return this.#sql.exec<OrganizationEntry>('SELECT * FROM organization ORDER BY organization_id').toArray();
  }
}
