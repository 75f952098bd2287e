import { Tables } from '../kit/tables';

/** An endpoint that reads this shard. */
interface Subscriber {
  webhook_id: string;
  /** Whether it is told of progress: 1 or 0. One that has not asked for a page yet may be. */
  progress: number;
}

/** SQL of the endpoints that read this shard. The caller sets the transaction. */
export class SubscriberStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  #known: Subscriber[] | null = null;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Null before they were read from the organization, which a shard does once in its life. */
  all(): string[] | null {
    return this.#all()?.map(({ webhook_id }) => webhook_id) ?? null;
  }

  /** Whether one of them is told of progress. */
  get followProgress(): boolean {
    return this.#all()?.some(({ progress }) => progress === 1) ?? false;
  }

  /** Clears what it keeps, after a change and once a transaction was rolled back. */
  forget(): void {
    this.#known = null;
  }

  /** Keeps what the organization said. */
  source(webhookIds: readonly string[], now: number): void {
    for (const webhookId of webhookIds) this.#insert(webhookId, true);
    this.#sql.exec('INSERT INTO subscriber_source VALUES (?)', now);
    this.forget();
  }

  /** Whether an endpoint's ask says nothing new of it; `progress` is null for one that leaves. */
  knows(webhookId: string, progress: boolean | null): boolean {
    const known = this.#all()?.find(({ webhook_id }) => webhook_id === webhookId);
    return progress === null ? known === undefined : known?.progress === Number(progress);
  }

  add(webhookId: string, progress: boolean): void {
    this.forget();
    this.#insert(webhookId, progress);
  }

  remove(webhookId: string): void {
    this.forget();
    this.#sql.exec('DELETE FROM subscriber WHERE webhook_id = ?', webhookId);
  }

  #insert(webhookId: string, progress: boolean): void {
    this.#sql.exec(
      `INSERT INTO subscriber (webhook_id, progress) VALUES (?, ?)
        ON CONFLICT (webhook_id) DO UPDATE SET progress = excluded.progress`,
      ...[webhookId, Number(progress)],
    );
  }

  #all(): Subscriber[] | null {
    this.#known ??= this.#read();
    return this.#known;
  }

  #read(): Subscriber[] | null {
    if (!this.#tables.has('subscriber_source')) return null;
    if (this.#sql.exec('SELECT 1 FROM subscriber_source').toArray().length === 0) return null;
    // A table of an older build lacks `progress` until the first write.
    const rows = this.#sql.exec<{ webhook_id: string; progress?: number }>('SELECT * FROM subscriber');
    return rows.toArray().map(({ webhook_id, progress = 1 }) => ({ webhook_id, progress }));
  }
}
