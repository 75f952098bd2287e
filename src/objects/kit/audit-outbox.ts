import type { AuditRecord } from '../../domain/audit/audit-record';
import { log } from '../../log';
import { within } from '../../within';
import type { Tables } from './tables';

const OUTBOX = `CREATE TABLE audit_outbox (
  n INTEGER PRIMARY KEY, organization_id TEXT NOT NULL, body TEXT NOT NULL
) STRICT`;
/** A record reaches its organization by the alarm after this at the latest (ms): whoever puts it in arms that. */
export const OUTBOX_GUARANTEE = 60_000;
/** How long an answer waits for that (ms). */
const PATIENCE = 1_000;
/** Records that are sent at once. */
const AT_ONCE = 100;

type Row = { n: number; organization_id: string; body: string };

/** Resolves once an organization's object keeps the records, as JSON. Repeats are harmless. */
export type SendRecords = (bodies: string[], organizationId: string) => Promise<void>;

/**
 * Audit records on their way to the object of their organization: each is kept with the change that it is of until it is
 * there. Whoever puts one in arms an alarm in the same transaction, which delivers what did not get through.
 */
export class AuditOutbox {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  readonly #send: SendRecords;

  constructor(sql: SqlStorage, tables: Tables, send: SendRecords) {
    this.#sql = sql;
    this.#tables = tables;
    this.#send = send;
  }

  isEmpty(): boolean {
    return this.#oldest(1).length === 0;
  }

  /** The caller sets the transaction. */
  put(record: AuditRecord, organizationId: string): void {
    this.#tables.make('audit_outbox', OUTBOX);
    const query = 'INSERT INTO audit_outbox (organization_id, body) VALUES (?, ?)';
    this.#sql.exec(query, organizationId, JSON.stringify(record));
  }

  /** Sends all there are, in order. Throws where they don't get through: they stay. */
  async deliver(): Promise<void> {
    for (let rows = this.#oldest(AT_ONCE); rows.length > 0; rows = this.#oldest(AT_ONCE)) {
      for (const [organizationId, own] of Map.groupBy(rows, ({ organization_id }) => organization_id)) {
        await this.#send(
          own.map(({ body }) => body),
          organizationId,
        );
      }
      this.#sql.exec('DELETE FROM audit_outbox WHERE n <= ?', rows.at(-1)?.n ?? 0);
    }
  }

  /** Sends them while an answer waits. What does not get through at once is the alarm's. */
  async deliverSoon(object: string | undefined): Promise<void> {
    try {
      await within(this.deliver(), PATIENCE);
    } catch (cause) {
      log('warn', 'audit_not_delivered', { object, cause });
    }
  }

  #oldest(limit: number): Row[] {
    if (!this.#tables.has('audit_outbox')) return [];
    return this.#sql.exec<Row>('SELECT * FROM audit_outbox ORDER BY n LIMIT ?', limit).toArray();
  }
}
