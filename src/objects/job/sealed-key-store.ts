import { SEALED_KEYS_TABLE } from './job-schema';
import { type LedgerWrite, SEGMENT_RECORDS, SEGMENTS } from './key-ledger';

/** SQL of the idempotency records that the job's row has no room for, once there are any. The caller sets the transaction. */
export class SealedKeyStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The segments of a job that had `total` records in all, oldest first. */
  read(total: number): Uint8Array[] {
    if (total < SEGMENT_RECORDS) return [];
    const rows = this.#sql
      .exec<{ slot: number; records: ArrayBuffer }>('SELECT * FROM sealed_keys')
      .toArray();
    const newest = Math.floor(total / SEGMENT_RECORDS) - 1;
    const age = (slot: number) => (((newest - slot) % SEGMENTS) + SEGMENTS) % SEGMENTS;
    return rows.sort((a, b) => age(b.slot) - age(a.slot)).map(({ records }) => new Uint8Array(records));
  }

  write({ sealed }: LedgerWrite): void {
    if (sealed[0]?.slot === 0) this.#sql.exec(SEALED_KEYS_TABLE);
    for (const { slot, records } of sealed) {
      this.#sql.exec(
        'INSERT INTO sealed_keys VALUES (?, ?) ON CONFLICT (slot) DO UPDATE SET records = excluded.records',
        ...[slot, records],
      );
    }
  }
}
