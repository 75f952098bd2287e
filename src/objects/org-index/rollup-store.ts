import { countedBy, type RollupPart } from '../../domain/job/rollup';
import type { Tables } from '../kit/tables';
import type { RollupReach } from './contract';
import { HALF, NEWEST_CHILDREN, SUMS, sumsOf } from './rollup-schema';

type Row = Record<(typeof SUMS)[number], string>;

/** As texts: a sum may be longer than a number is exact. */
const ROW = SUMS.map((sum) => `CAST(${sum} AS TEXT) AS ${sum}`).join(', ');
const ALL = `SELECT ${ROW} FROM rollup WHERE parent = ?`;

/** Of each chain the newest, where it is of these types and has this tag: all jobs of a chain have the same. */
const REACHED = `SELECT ${ROW} FROM (${sumsOf(`${NEWEST_CHILDREN}
    AND (?2 IS NULL OR job_type IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?3))`)})`;

/** SQL of what the children of a job come to, as far as this shard has them. Reads alone: triggers write it. */
export class RollupStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Of all children; where only some are reached, each is read. */
  of(parent: string, reach: RollupReach | null): RollupPart {
    const [row] = this.#tables.has('rollup') ? this.#rows(parent, reach) : [];
    const whole = (high: keyof Row, low: keyof Row) =>
      row === undefined ? 0n : BigInt(row[high]) * BigInt(HALF) + BigInt(row[low]);
    return {
      by_status: countedBy((status) => Number(row?.[status] ?? 0)),
      weight: whole('weight_high', 'weight_low'),
      done: whole('done_high', 'done_low'),
    };
  }

  #rows(parent: string, reach: RollupReach | null): Row[] {
    if (reach === null) return this.#sql.exec<Row>(ALL, parent).toArray();
    const types = reach.job_types === undefined ? null : JSON.stringify(reach.job_types);
    return this.#sql.exec<Row>(REACHED, parent, types, reach.tag ?? null).toArray();
  }
}
