import { Tables } from '../kit/tables';

/** SQL of the endpoints that read this shard. The caller sets the transaction. */
export class SubscriberStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  #known: string[] | null = null;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Null before they were read from the organization, which a shard does once in its life. */
  all(): string[] | null {
    this.#known ??= this.#read();
    return this.#known;
  }

  /** Clears what it keeps, after a change and once a transaction was rolled back. */
  forget(): void {
    this.#known = null;
  }

  /** Keeps what the organization said. */
  source(webhookIds: readonly string[], now: number): void {
    for (const webhookId of webhookIds) this.add(webhookId);
    this.#sql.exec('INSERT INTO subscriber_source VALUES (?)', now);
    this.forget();
  }

  add(webhookId: string): void {
    this.forget();
    this.#sql.exec('INSERT INTO subscriber VALUES (?) ON CONFLICT (webhook_id) DO NOTHING', webhookId);
  }

  remove(webhookId: string): void {
    this.forget();
    this.#sql.exec('DELETE FROM subscriber WHERE webhook_id = ?', webhookId);
  }

  #read(): string[] | null {
    if (!this.#tables.has('subscriber_source')) return null;
    if (this.#sql.exec('SELECT 1 FROM subscriber_source').toArray().length === 0) return null;
    return this.#sql
      .exec<{ webhook_id: string }>('SELECT webhook_id FROM subscriber')
      .toArray()
      .map(({ webhook_id }) => webhook_id);
  }
}
