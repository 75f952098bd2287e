import { tombstoneLife } from '../../domain/feed/retention';
import { TurnClock } from '../kit/turn-clock';
import { overAll, TurningTables } from '../kit/turning-tables';
import { OLD_TOMBSTONE_TABLE, TOMBSTONE_TABLES, tombstoneTable } from './org-index-schema';

/** How far a deleted job had got. */
export interface Tombstone {
  revision: number;
  through: number;
}

/**
 * SQL of the deleted jobs' ordinals, so that a late publication of one adds nothing. Tables take turns, so forgetting
 * is no deletion of rows and needs no alarm: one that is past its time counts as none. The caller sets the transaction.
 */
export class TombstoneStore {
  readonly #sql: SqlStorage;
  readonly #life: number;
  readonly #tables: TurningTables;
  readonly #clock: TurnClock;
  readonly #newest: string;

  /** `days` is for how long the feed keeps an event at least. */
  constructor(sql: SqlStorage, days: number) {
    this.#sql = sql;
    this.#life = tombstoneLife(days);
    this.#tables = new TurningTables(sql, 'tombstone', TOMBSTONE_TABLES, tombstoneTable);
    const span = Math.ceil(this.#life / (TOMBSTONE_TABLES - 1));
    this.#clock = new TurnClock(sql, 'tombstone_period', span, (from, to) => this.#renew(from, to));
    const rows = overAll(['tombstone', ...this.#tables.names], (table) => {
      return `SELECT revision, through FROM ${table} WHERE job_id = ?1 AND expires_at > ?2`;
    });
    this.#newest = `${rows} ORDER BY through DESC, revision DESC LIMIT 1`;
  }

  get(jobId: string, now: number): Tombstone | null {
    return this.#sql.exec<Tombstone & Record<string, number>>(this.#newest, jobId, now).toArray()[0] ?? null;
  }

  /** Keeps a job for as long as the feed may hold a row of it. */
  put(jobId: string, { revision, through }: Tombstone, now: number): void {
    const table = this.#tables.of(this.#clock.at(now));
    this.#sql.exec(
      `INSERT INTO ${table} VALUES (?, ?, ?, ?) ON CONFLICT (job_id) DO UPDATE SET
        revision = excluded.revision, through = excluded.through, expires_at = excluded.expires_at`,
      ...[jobId, revision, through, now + this.#life],
    );
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#clock.forget();
  }

  /** What the table of before the turns holds is a turn old by now, and was kept for seven days. */
  #renew(from: number, to: number): void {
    this.#tables.renew(from, to);
    this.#sql.exec('DROP TABLE tombstone');
    this.#sql.exec(OLD_TOMBSTONE_TABLE);
  }
}
