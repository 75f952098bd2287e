import type { Tables } from '../kit/tables';
import { BULK_MIGRATIONS } from './bulk-schema';
import type { BulkPlace, BulkSpec } from './contract';

const BEGINNING: BulkPlace = {
  ...{ n: 0, next: null, page: [], tries: 0, last: false },
  ...{ done: 0, failed: 0, failures: [] },
};

/** SQL of one bulk operation. The caller sets the transaction. */
export class BulkStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** What is under way; null where nothing is. */
  find(): { spec: BulkSpec; place: BulkPlace } | null {
    if (!this.#tables.has('bulk')) return null;
    const [row] = this.#sql.exec<{ spec: string; place: string }>('SELECT spec, place FROM bulk').toArray();
    return row === undefined ? null : { spec: JSON.parse(row.spec), place: JSON.parse(row.place) };
  }

  begin(spec: BulkSpec): void {
    this.#tables.migrate(BULK_MIGRATIONS);
    this.#sql.exec('INSERT INTO bulk VALUES (?, ?)', JSON.stringify(spec), JSON.stringify(BEGINNING));
  }

  keep(place: BulkPlace): void {
    this.#sql.exec('UPDATE bulk SET place = ?', JSON.stringify(place));
  }
}
