import type { Tables } from '../kit/tables';
import { overAll, tableNamesOf } from '../kit/turning-tables';
import type { HeldJob } from './contract';
import { TOMBSTONE_TABLES } from './org-index-schema';
import { OLD_SUMMARIES } from './summary-schema';

const TOMBSTONES = ['tombstone', ...tableNamesOf('tombstone', TOMBSTONE_TABLES)];
const BURIED = overAll(TOMBSTONES, (table) => `SELECT job_id FROM ${table}`);

/**
 * SQL of whatever a shard knows of jobs, for the deletion of their organization: those that it lists, and those that are
 * deleted, whose objects may still hold their keys. The caller sets the transaction.
 */
export class HeldJobs {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables: Tables) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Whether anything was ever written here. */
  get some(): boolean {
    return this.#tables.has('summary');
  }

  /** `limit` of them at most, the listed ones first. The tables are those of this build. */
  first(limit: number): HeldJob[] {
    for (const table of this.#summaries) {
      const query = `SELECT job_id, created_at FROM ${table} ORDER BY created_at LIMIT ?`;
      const listed = this.#sql.exec<HeldJob & Record<string, SqlStorageValue>>(query, limit).toArray();
      if (listed.length > 0) return listed;
    }
    const buried = this.#sql.exec<{ job_id: string }>(`SELECT job_id FROM (${BURIED}) LIMIT ?`, limit);
    return buried.toArray().map(({ job_id }) => ({ job_id, created_at: null }));
  }

  forget(jobs: readonly HeldJob[]): void {
    for (const { job_id, created_at } of jobs) {
      if (created_at !== null) {
        for (const table of this.#summaries) {
          this.#sql.exec(`DELETE FROM ${table} WHERE job_id = ? AND created_at = ?`, job_id, created_at);
        }
        continue;
      }
      for (const table of TOMBSTONES) this.#sql.exec(`DELETE FROM ${table} WHERE job_id = ?`, job_id);
    }
  }

  get #summaries(): string[] {
    return ['summary', OLD_SUMMARIES].filter((table) => this.#tables.has(table));
  }
}
