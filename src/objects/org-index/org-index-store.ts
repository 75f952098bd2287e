import { FEED_DAYS, type LastTold } from '../../domain/feed/feed';
import type { Status } from '../../domain/job/job';
import { listed } from '../../domain/job/listed';
import type { Summary } from '../../domain/job/summary';
import { Tables } from '../kit/tables';
import type { ListPosition } from './contract';
import { ORG_INDEX_MIGRATIONS } from './org-index-schema';
import { TombstoneStore } from './tombstone-store';

export interface IndexedJob {
  revision: number;
  through: number;
  /** Null for a tombstone. */
  status: Status | null;
  /** When its progress last became an event (ms); 0 for never. */
  progressed_at: number;
  /** What the feed has told of it. */
  told: LastTold;
}

/** What changes of a job's row beside its summary. */
export type Marks = Pick<IndexedJob, 'through' | 'progressed_at' | 'told'>;

/** SQL that writes the index's summaries, and knows how far each job has got. The caller sets the transaction. */
export class OrgIndexStore {
  readonly #sql: SqlStorage;
  readonly #known: Tables;
  readonly #tombstones: TombstoneStore;

  /** `days` is for how long the feed keeps an event at least. */
  constructor(sql: SqlStorage, days = FEED_DAYS, known = new Tables(sql)) {
    this.#sql = sql;
    this.#known = known;
    this.#tombstones = new TombstoneStore(sql, days);
  }

  /** Makes or upgrades the tables; before the first write only. */
  prepare(): void {
    this.#known.migrate(ORG_INDEX_MIGRATIONS);
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#known.forget();
    this.#tombstones.forget();
  }

  /** What is known of a job, or of one that was deleted; null where nothing is. */
  kept({ created_at, job_id }: ListPosition, now: number): IndexedJob | null {
    const [row] = this.#sql
      .exec<Omit<IndexedJob, 'told'> & { told: string | null }>(
        'SELECT revision, through, status, progressed_at, told FROM summary WHERE created_at = ? AND job_id = ?',
        ...[created_at, job_id],
      )
      .toArray();
    if (row !== undefined) return { ...row, told: JSON.parse(row.told ?? '{}') as LastTold };
    const gone = this.#tombstones.get(job_id, now);
    return gone === null ? null : { ...gone, status: null, progressed_at: 0, told: {} };
  }

  insert(summary: Summary, { through, told }: Marks): void {
    const { created_at, job_id, revision, status, job_type, category, triggered_by, tags } = summary;
    const row = [created_at, job_id, revision, through, status, job_type, category, triggered_by];
    this.#sql.exec(
      `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, triggered_by, tags, body, told)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[...row, JSON.stringify(tags), JSON.stringify(listed(summary)), JSON.stringify(told)],
    );
  }

  /** Names no indexed column unless the status moved: progress is one row. */
  update(summary: Summary, { through, progressed_at, told }: Marks, previous: Status): void {
    const { created_at, job_id, revision, status } = summary;
    const moved = status === previous ? [] : [status];
    this.#sql.exec(
      `UPDATE summary SET revision = ?, through = ?, body = ?, progressed_at = ?, told = ? ${moved.map(() => ', status = ?').join('')}
        WHERE created_at = ? AND job_id = ?`,
      ...[revision, through, JSON.stringify(listed(summary)), progressed_at, JSON.stringify(told), ...moved],
      ...[created_at, job_id],
    );
  }

  advance({ created_at, job_id }: ListPosition, { through, told }: Marks): void {
    this.#sql.exec(
      'UPDATE summary SET through = ?, told = ? WHERE created_at = ? AND job_id = ?',
      ...[through, JSON.stringify(told), created_at, job_id],
    );
  }

  /** Deletes a job from the list; its ordinals are kept for as long as the feed may hold its events. */
  remove({ created_at, job_id }: ListPosition, revision: number, through: number, now: number): void {
    this.#sql.exec('DELETE FROM summary WHERE created_at = ? AND job_id = ?', created_at, job_id);
    this.#tombstones.put(job_id, { revision, through }, now);
  }
}
