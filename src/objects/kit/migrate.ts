/** One step of an object's tables. The list it stands in is append-only: a step that has run anywhere never changes. */
export interface Migration {
  /** Readable and unique, `0001-what-it-makes`. */
  id: string;
  statements: readonly string[];
}

/** Runs the steps after the first `from` and answers the number of steps the tables now have. */
export function migrate(sql: SqlStorage, migrations: readonly Migration[], from: number): number {
  for (const { statements } of migrations.slice(from)) {
    for (const statement of statements) sql.exec(statement);
  }
  return migrations.length;
}

/** Whether the object has `table`. Reading makes no tables, so a store asks before its first query. */
export function hasTable(sql: SqlStorage, table: string): boolean {
  return tableNames(sql).includes(table);
}

/** The tables that the object has. */
export function tableNames(sql: SqlStorage): string[] {
  const rows = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  return rows.toArray().map(({ name }) => name);
}

/**
 * For an object with no row to hold its schema's number: the number stands in a table of its own. Run before a write;
 * `upTo` is for tests that open an older version's tables.
 */
export function migrateByTable(
  sql: SqlStorage,
  migrations: readonly Migration[],
  upTo = migrations.length,
): void {
  const started = hasTable(sql, 'schema');
  if (!started) sql.exec('CREATE TABLE schema (version INTEGER NOT NULL) STRICT');
  const version = started ? Number(sql.exec('SELECT version FROM schema').one().version) : 0;
  if (version >= upTo) return;
  migrate(sql, migrations.slice(0, upTo), version);
  sql.exec(started ? 'UPDATE schema SET version = ?' : 'INSERT INTO schema VALUES (?)', upTo);
}
