import type { Mapping } from '../../domain/hook/hook-mapping';
import type { Verification } from '../../domain/hook/verification';
import { Tables } from '../kit/tables';
import type { Arrival, Hook } from './contract';
import { HOOK_MIGRATIONS } from './hook-schema';

/** The newest that are kept. */
export const KEPT_ARRIVALS = 100;

type HookRow = {
  hook_id: string;
  name: string;
  salt: string;
  verification: string;
  sealed_secret: string | null;
  mapping: string;
  created_at: number;
  updated_at: number;
};

/** All SQL of a hook's object. The caller sets the transaction. */
export class HookStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  /** The number of the newest arrival, once it was asked for. */
  #newest: number | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#tables = new Tables(sql);
  }

  /** Forgets what memory knows, once a transaction was rolled back or everything was deleted. */
  forget(): void {
    this.#tables.forget();
    this.#newest = null;
  }

  hook(): Hook | null {
    if (!this.#tables.has('hook')) return null;
    const [row] = this.#sql.exec<HookRow>('SELECT * FROM hook').toArray();
    if (row === undefined) return null;
    return {
      ...row,
      verification: JSON.parse(row.verification) as Verification,
      mapping: JSON.parse(row.mapping) as Mapping,
    };
  }

  create(hook: Hook): void {
    this.#tables.migrate(HOOK_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO hook VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[hook.hook_id, hook.name, hook.salt, JSON.stringify(hook.verification), hook.sealed_secret],
      ...[JSON.stringify(hook.mapping), hook.created_at, hook.updated_at],
    );
  }

  update({ verification, sealed_secret, mapping, updated_at }: Hook): void {
    this.#sql.exec(
      'UPDATE hook SET verification = ?, sealed_secret = ?, mapping = ?, updated_at = ?',
      ...[JSON.stringify(verification), sealed_secret, JSON.stringify(mapping), updated_at],
    );
  }

  /** Keeps an arrival in the place of the oldest: one row. */
  addArrival(arrival: Arrival): void {
    const query = 'SELECT coalesce(max(n), 0) AS n FROM arrival';
    this.#newest ??= this.#sql.exec<{ n: number }>(query).one().n;
    const n = this.#newest + 1;
    this.#sql.exec(
      `INSERT INTO arrival VALUES (?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET n = excluded.n, body = excluded.body`,
      ...[n % KEPT_ARRIVALS, n, JSON.stringify(arrival)],
    );
    this.#newest = n;
  }

  /** The kept arrivals, newest first. */
  arrivals(): Arrival[] {
    const rows = this.#sql.exec<{ body: string }>('SELECT body FROM arrival ORDER BY n DESC').toArray();
    return rows.map(({ body }) => JSON.parse(body) as Arrival);
  }
}
