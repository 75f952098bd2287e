import type { AuditRecord } from '../../domain/audit/audit-record';
import type { EntryStore } from './entry-store';
import { AUDIT_SLOT } from './job-schema';

/** SQL of the audit records that the job carries until its index has confirmed them. The caller sets the transaction. */
export class CarriedRecords {
  readonly #sql: SqlStorage;
  readonly #entries: EntryStore;
  #any: boolean | null = null;

  constructor(sql: SqlStorage, entries: EntryStore) {
    this.#sql = sql;
    this.#entries = entries;
  }

  /** Whether there are any: asked once. */
  get any(): boolean {
    this.#any ??=
      this.#sql.exec('SELECT 1 FROM entry WHERE slot >= ? LIMIT 1', AUDIT_SLOT).toArray().length > 0;
    return this.#any;
  }

  /** There are none, as its owner knows without asking. */
  none(): void {
    this.#any = false;
  }

  /** Clears what it knows, once a transaction was rolled back. */
  forget(): void {
    this.#any = null;
  }

  add(record: AuditRecord, revision: number): void {
    const query = 'SELECT coalesce(max(slot) + 1, ?1) AS slot FROM entry WHERE slot >= ?1';
    const { slot } = this.#sql.exec<{ slot: number }>(query, AUDIT_SLOT).one();
    this.#entries.put(slot, 0, revision, 0, record.at, JSON.stringify(record));
    this.#any = true;
  }

  /** The oldest, as JSON, at most `limit`. */
  oldest(limit: number): string[] {
    if (!this.any) return [];
    const query = 'SELECT body FROM entry WHERE slot >= ? ORDER BY slot LIMIT ?';
    const rows = this.#sql.exec<{ body: string }>(query, AUDIT_SLOT, limit).toArray();
    return rows.map(({ body }) => body);
  }

  /** The index has the oldest `count`. */
  confirm(count: number): void {
    this.#sql.exec(
      'DELETE FROM entry WHERE slot IN (SELECT slot FROM entry WHERE slot >= ? ORDER BY slot LIMIT ?)',
      ...[AUDIT_SLOT, count],
    );
    this.#any = null;
  }
}
