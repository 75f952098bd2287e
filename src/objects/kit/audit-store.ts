import { type AuditAsk, type AuditPart, type AuditPlace, isWanted } from '../../domain/audit/audit-page';
import { AUDIT_LIFE, type AuditRecord, type PlacedRecord } from '../../domain/audit/audit-record';
import { inPieces } from './in-pieces';
import type { Tables } from './tables';
import { TurnClock } from './turn-clock';
import { overAll, TurningTables, tableNamesOf } from './turning-tables';

/** Tables of records: four in turn, each for a third of the time that they are kept. */
const TABLES = 4;
const NAMES = tableNamesOf('audit', TABLES);
const auditTable = (number: number) => `CREATE TABLE audit_${number} (
  at INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (at, n)
) STRICT, WITHOUT ROWID`;
/** The turn, and the number of the newest record. */
const PERIOD = `CREATE TABLE audit_period (
  period INTEGER NOT NULL, since INTEGER NOT NULL, numbered INTEGER NOT NULL DEFAULT 0
) STRICT`;
/** Records that one page looks at, at most: what a filter passes over costs a read too. */
const SCAN = 1_000;
const SPAN = Math.ceil(AUDIT_LIFE / (TABLES - 1));
const BEFORE = `SELECT * FROM (${overAll(NAMES, (table) => {
  return `SELECT at, n, body FROM ${table} WHERE (at, n) < (?1, ?2) AND at >= ?3`;
})}) ORDER BY at DESC, n DESC LIMIT ?4`;
const SAME = overAll(NAMES, (table) => `SELECT 1 FROM ${table} WHERE at = ?1 AND body = ?2`);

type Row = AuditPlace & { body: string } & Record<string, SqlStorageValue>;

/**
 * SQL of audit records, numbered in order of arrival without holes; none is ever changed or deleted by itself. Four
 * tables take turns, so that what is past its time goes with its table. The caller sets the transaction.
 */
export class AuditStore {
  readonly #sql: SqlStorage;
  readonly #known: Tables;
  readonly #clock: TurnClock;
  readonly #tables: TurningTables;

  constructor(sql: SqlStorage, known: Tables) {
    this.#sql = sql;
    this.#known = known;
    this.#tables = new TurningTables(sql, 'audit', TABLES, auditTable);
    this.#clock = new TurnClock(sql, 'audit_period', SPAN, (from, to) => this.#tables.renew(from, to));
  }

  append(record: AuditRecord, now: number): void {
    this.#insert(record.at, JSON.stringify(record), now);
  }

  /** Appends what was carried here, as JSON; what is there already is passed over. */
  take(bodies: readonly string[], now: number): void {
    if (bodies.length > 0) this.#make();
    for (const body of bodies) {
      const { at } = JSON.parse(body) as AuditRecord;
      if (this.#sql.exec(SAME, at, body).toArray().length === 0) this.#insert(at, body, now);
    }
  }

  /** Drops the tables that are past their time, where there are any. */
  expire(now: number): void {
    if (this.#known.has('audit_period')) this.#clock.at(now);
  }

  /** Records behind a place, newest first: as far as the filter lets them through, and none past its time. */
  page({ before, limit, ...filter }: AuditAsk, now: number): AuditPart {
    const records: PlacedRecord[] = [];
    if (!this.#known.has('audit_period')) return { records, through: null };
    const since = Math.max(filter.from ?? 0, now - AUDIT_LIFE);
    const first = earlier(before, { at: filter.to ?? Number.MAX_SAFE_INTEGER, n: 0 });
    let looked = 0;
    for (const { at, n, body } of this.#rows(first, since)) {
      looked += 1;
      const record = JSON.parse(body) as AuditRecord;
      if (isWanted(record, filter)) records.push({ ...record, n });
      if (records.length >= limit || looked >= SCAN) return { records, through: { at, n } };
    }
    return { records, through: null };
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#clock.forget();
  }

  #rows(first: AuditPlace, since: number): Iterable<Row> {
    return inPieces<Row>((last, limit) => {
      const { at, n } = last ?? first;
      return this.#sql.exec<Row>(BEFORE, at, n, since, limit).toArray();
    });
  }

  /** By the first record: most shards never have one. */
  #make(): void {
    for (const [number, name] of NAMES.entries()) this.#known.make(name, auditTable(number));
    this.#known.make('audit_period', PERIOD);
  }

  #insert(at: number, body: string, now: number): void {
    this.#make();
    const table = this.#tables.of(this.#clock.at(now));
    const { n } = this.#sql
      .exec<{ n: number }>('UPDATE audit_period SET numbered = numbered + 1 RETURNING numbered AS n')
      .one();
    this.#sql.exec(`INSERT INTO ${table} VALUES (?, ?, ?)`, at, n, body);
  }
}

function earlier(a: AuditPlace | null, b: AuditPlace): AuditPlace {
  if (a === null) return b;
  return a.at < b.at || (a.at === b.at && a.n < b.n) ? a : b;
}
