import { hasTable, migrateByTable } from '../kit/migrate';
import { DIRECTORY_MIGRATIONS } from './directory-schema';

/** An organization as the operator sees it. */
export interface OrganizationEntry extends Record<string, SqlStorageValue> {
  organization_id: string;
  name: string;
  /** ms since 1970. */
  created_at: number;
}

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
