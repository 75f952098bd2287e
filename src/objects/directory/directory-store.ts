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
    return this.#sql.exec<OrganizationEntry>('SELECT * FROM organization ORDER BY organization_id').toArray();
  }
}
