import { type AuditActor, REFUSALS_AN_HOUR } from '../../domain/audit/audit-record';
import { HOUR } from '../../domain/base/time';
import type { Tables } from '../kit/tables';
import { REFUSAL_TABLE } from './org-schema';

/** What an hour that is over had of a credential beyond what was recorded. */
export interface CountedRefusals {
  actor: AuditActor;
  count: number;
  /** When the hour ended (ms). */
  at: number;
}

type Row = { who: string; hour: number; counted: number };

/** SQL of how many acts of each credential were refused in the hour that is running. The caller sets the transaction. */
export class RefusalStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Counts one refusal and `more` before it: whether that one is among the hour’s first, and how many are not so far. */
  count(actor: AuditActor, more: number, now: number): { first: boolean; beyond: number } {
    this.#tables.make('refusal', REFUSAL_TABLE);
    const { told, counted } = this.#sql
      .exec<{ told: number; counted: number }>(
        `INSERT INTO refusal (hour, actor, who, told, counted) VALUES (?1, ?2, ?3, 1, ?4)
          ON CONFLICT (hour, actor) DO UPDATE SET told = told + 1, counted = counted + ?4 + (told >= ?5)
          RETURNING told, counted`,
        ...[hourOf(now), `${actor.type} ${actor.id}`, JSON.stringify(actor), more, REFUSALS_AN_HOUR],
      )
      .one();
    return { first: told <= REFUSALS_AN_HOUR, beyond: counted };
  }

  /** Takes the hours that are over by `now`, and answers what they had beyond what was recorded. */
  takeEnded(now: number): CountedRefusals[] {
    if (!this.#tables.has('refusal')) return [];
    const rows = this.#sql.exec<Row>(
      'DELETE FROM refusal WHERE hour < ? RETURNING who, hour, counted',
      hourOf(now),
    );
    return rows.toArray().flatMap(({ who, hour, counted }) => {
      if (counted === 0) return [];
      return [{ actor: JSON.parse(who) as AuditActor, count: counted, at: (hour + 1) * HOUR }];
    });
  }

  /** When the first of the hours that something was refused in is over (ms); null where there is none. */
  end(): number | null {
    if (!this.#tables.has('refusal')) return null;
    const { hour } = this.#sql.exec<{ hour: number | null }>('SELECT min(hour) AS hour FROM refusal').one();
    return hour === null ? null : (hour + 1) * HOUR;
  }
}

function hourOf(now: number): number {
  return Math.floor(now / HOUR);
}
