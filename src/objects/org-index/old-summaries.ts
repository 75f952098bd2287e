import { isListed, type ListFilter } from '../../domain/job/list-filter';
import { listed } from '../../domain/job/listed';
import type { Summary } from '../../domain/job/summary';
import { inPieces } from '../kit/in-pieces';
import type { Tables } from '../kit/tables';
import type { ListPosition } from './contract';
import { OLD_SUMMARIES } from './summary-schema';

/** A row of the table that versions with another form of summaries wrote. */
export interface OldRow extends Record<string, SqlStorageValue> {
  created_at: number;
  job_id: string;
  through: number;
  progressed_at: number;
  told: string | null;
  body: string;
}

/** A job of theirs in the list's order: null where the filter passes it over. */
export interface OldPlace extends ListPosition {
  summary: Summary | null;
}

/**
 * SQL of the summaries that stand in another form yet: under another name once the tables are this version's, as they were
 * before. Each moves to its new place once its job is heard of, and all of them bit by bit. The caller sets the transaction.
 */
export class OldSummaries {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Their table; null where there is none. */
  get table(): string | null {
    if (this.#tables.has(OLD_SUMMARIES)) return OLD_SUMMARIES;
    return this.#tables.has('summary') && !this.#tables.has('summary_term') ? 'summary' : null;
  }

  /** Takes a job's row out of the table; null where it has none. */
  take({ created_at, job_id }: ListPosition): OldRow | null {
    if (!this.#tables.has(OLD_SUMMARIES)) return null;
    const query = `DELETE FROM ${OLD_SUMMARIES} WHERE created_at = ? AND job_id = ? RETURNING *`;
    return this.#sql.exec<OldRow>(query, created_at, job_id).toArray()[0] ?? null;
  }

  /** Takes the newest rows; fewer than `limit` where no more are left. */
  takeNewest(limit: number): OldRow[] {
    if (!this.#tables.has(OLD_SUMMARIES)) return [];
    const query = `SELECT * FROM ${OLD_SUMMARIES} ORDER BY created_at DESC, job_id DESC LIMIT ?`;
    const rows = this.#sql.exec<OldRow>(query, limit).toArray();
    for (const { created_at, job_id } of rows) {
      this.#sql.exec(`DELETE FROM ${OLD_SUMMARIES} WHERE created_at = ? AND job_id = ?`, created_at, job_id);
    }
    return rows;
  }

  /** Drops the table where it is empty: all has moved. */
  dropIfEmpty(): void {
    if (!this.#tables.has(OLD_SUMMARIES)) return;
    if (this.#sql.exec(`SELECT 1 FROM ${OLD_SUMMARIES} LIMIT 1`).toArray().length > 0) return;
    for (const table of [OLD_SUMMARIES, 'summary_tag']) {
      this.#sql.exec(`DROP TABLE ${table}`);
      this.#tables.dropped(table);
    }
  }

  /** The jobs in a list's order, read as far as they are taken. No index knows the filter here: it looks at each. */
  *places(filter: ListFilter, before: ListPosition | null): Generator<OldPlace, undefined> {
    const { table } = this;
    if (table === null) return undefined;
    const rows = inPieces<OldRow>((last, limit) => this.#piece(table, filter, last ?? before, limit));
    for (const { created_at, job_id, body } of rows) {
      const summary = listed(JSON.parse(body) as Summary);
      yield { created_at, job_id, summary: isListed(filter, summary) ? summary : null };
    }
    return undefined;
  }

  #piece(
    table: string,
    { created_after, created_before }: ListFilter,
    before: ListPosition | null,
    limit: number,
  ): OldRow[] {
    const { created_at = Number.MAX_SAFE_INTEGER, job_id = '' } = before ?? {};
    return this.#sql
      .exec<OldRow>(
        `SELECT created_at, job_id, body FROM ${table}
          WHERE (created_at, job_id) < (?, ?) AND created_at >= ? AND created_at < ?
          ORDER BY created_at DESC, job_id DESC LIMIT ?`,
        ...[created_at, job_id, created_after ?? 0, created_before ?? Number.MAX_SAFE_INTEGER, limit],
      )
      .toArray();
  }
}
