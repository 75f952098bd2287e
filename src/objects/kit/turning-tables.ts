/**
 * Rows that are kept for a while, in tables `<name>_0`, `<name>_1` … that take turns: the oldest is made anew for the
 * next turn, so what is old goes with its table and no row is ever deleted. The runtime takes five terms in a compound
 * SELECT at most, and so many tables.
 */
export class TurningTables {
  readonly names: readonly string[];
  readonly #sql: SqlStorage;
  readonly #create: (number: number) => string;

  /** `create` is the statement that makes the `number`th table. */
  constructor(sql: SqlStorage, name: string, count: number, create: (number: number) => string) {
    this.#sql = sql;
    this.names = tableNamesOf(name, count);
    this.#create = create;
  }

  /** The table that is written in a turn. */
  of(turn: number): string {
    return `${this.names[turn % this.names.length]}`;
  }

  /** Makes the tables anew whose turns come after `from`, up to `to`. */
  renew(from: number, to: number): void {
    const count = this.names.length;
    for (let turn = Math.max(from + 1, to - count + 1); turn <= to; turn++) {
      this.#sql.exec(`DROP TABLE ${this.of(turn)}`);
      this.#sql.exec(this.#create(turn % count));
    }
  }
}

export function tableNamesOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${name}_${number}`);
}

/** The same query over each table, as one. */
export function overAll(tables: readonly string[], query: (table: string) => string): string {
  return tables.map(query).join(' UNION ALL ');
}
