import { type Migration, migrateByTable } from './migrate';

/**
 * The tables that an object has, asked for once. Whoever rolls a transaction back or deletes everything has it forget.
 * An object without any is asked anew each time: what memory alone answers may come from an instance that is no longer
 * the current one.
 */
export class Tables {
  readonly #sql: SqlStorage;
  #names = new Set<string>();
  #migrated = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether the object has `table`. Reading makes no tables, so a store asks before its first query. */
  has(table: string): boolean {
    if (this.#names.size === 0) this.#names = namesOf(this.#sql);
    return this.#names.has(table);
  }

  /** Makes or upgrades the tables; before a write only. For an object with no row to hold its schema's number. */
  migrate(migrations: readonly Migration[]): void {
    if (this.#migrated) return;
    migrateByTable(this.#sql, migrations);
    this.#names = new Set();
    this.#migrated = true;
  }

  /** Makes a table that only some objects need, by the first row that needs it. */
  make(table: string, statement: string): void {
    if (this.has(table)) return;
    this.#sql.exec(statement);
    this.made(table);
  }

  /** A table was made. */
  made(table: string): void {
    if (this.#names.size > 0) this.#names.add(table);
  }

  /** A table was dropped. */
  dropped(table: string): void {
    this.#names.delete(table);
  }

  forget(): void {
    this.#names = new Set();
    this.#migrated = false;
  }
}

/** The object's own tables; the runtime keeps some beside them. */
function namesOf(sql: SqlStorage): Set<string> {
  const query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'";
  const rows = sql.exec<{ name: string }>(query);
  return new Set(rows.toArray().map(({ name }) => name));
}
