import { FEED_DAYS, type LastTold } from '../../domain/feed/feed';
import { changeAbout, type KnownState } from '../../domain/feed/last-change';
import type { Summary } from '../../domain/job/summary';
import { Tables } from '../kit/tables';
import type { ListPosition } from './contract';
import { type OldRow, OldSummaries } from './old-summaries';
import { ORG_INDEX_MIGRATIONS } from './org-index-schema';
import { rowOf } from './summary-row';
import { TombstoneStore } from './tombstone-store';

/** What is known of a job. The status is null for a tombstone. */
export interface IndexedJob extends KnownState {
  revision: number;
  through: number;
  /** When its progress last became an event (ms); 0 for never. */
  progressed_at: number;
  /** What the feed has told of it. */
  told: LastTold;
}

/** What changes of a job's row beside its summary. `updated_at` (ms) is the last change of status, stage or health. */
export type Marks = Pick<IndexedJob, 'through' | 'progressed_at' | 'told' | 'updated_at'>;

/** Summaries of another form that move in one transaction. */
const MOVED_AT_ONCE = 100;

/** SQL that writes the index's summaries, and knows how far each job has got. The caller sets the transaction. */
export class OrgIndexStore {
  readonly #sql: SqlStorage;
  readonly #known: Tables;
  readonly #old: OldSummaries;
  readonly #tombstones: TombstoneStore;

  /** `days` is for how long the feed keeps an event at least. */
  constructor(sql: SqlStorage, days = FEED_DAYS, known = new Tables(sql)) {
    this.#sql = sql;
    this.#known = known;
    this.#old = new OldSummaries(sql, known);
    this.#tombstones = new TombstoneStore(sql, days);
  }

  /** Makes or upgrades the tables; before the first write only. */
  prepare(): void {
    this.#known.migrate(ORG_INDEX_MIGRATIONS);
    this.#old.dropIfEmpty();
  }

  /** Whether summaries stand in another form yet. */
  get isMoving(): boolean {
    return this.#old.table !== null;
  }

  /** Moves `limit` summaries of another form at most, the newest first. */
  move(limit = MOVED_AT_ONCE): void {
    for (const row of this.#old.takeNewest(limit)) this.#enter(row);
    this.#old.dropIfEmpty();
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#known.forget();
    this.#tombstones.forget();
  }

  /** What is known of a job, or of one that was deleted; null where nothing is. */
  kept(place: ListPosition, now: number): IndexedJob | null {
    const found = this.#find(place) ?? this.#moved(place);
    if (found !== null) return found;
    const gone = this.#tombstones.get(place.job_id, now);
    if (gone === null) return null;
    return { ...gone, status: null, health: 'ok', updated_at: 0, progressed_at: 0, told: {} };
  }

  /** Whether a job of this id was deleted, as far as is remembered. */
  isBuried(jobId: string, now: number): boolean {
    return this.#tombstones.get(jobId, now) !== null;
  }

  insert(summary: Summary, { through, progressed_at, told, updated_at }: Marks): void {
    const marks = { through, progressed_at, told: JSON.stringify(told), updated_at };
    const row = Object.entries({ ...rowOf(summary), ...marks });
    this.#sql.exec(
      `INSERT INTO summary (${row.map(([name]) => name).join(', ')}) VALUES (${row.map(() => '?').join(', ')})`,
      ...row.map(([, value]) => value),
    );
  }

  /** Names no indexed column but one that has changed: progress is one row. */
  update(summary: Summary, { through, progressed_at, told, updated_at }: Marks, known: KnownState): void {
    const { revision, status, health, completed_at } = summary;
    const changes: Record<string, SqlStorageValue> = {
      ...{ revision, through, progressed_at, told: JSON.stringify(told), body: rowOf(summary).body },
      ...(status === known.status ? {} : { status, completed_at }),
      ...(health === known.health ? {} : { health }),
      ...(updated_at === known.updated_at ? {} : { updated_at }),
    };
    const set = Object.keys(changes).map((name) => `${name} = ?`);
    this.#sql.exec(
      `UPDATE summary SET ${set.join(', ')} WHERE job_id = ? AND created_at = ?`,
      ...Object.values(changes),
      ...[summary.job_id, summary.created_at],
    );
  }

  /** What a job says at the revision that is known, where something else stands here. */
  restate(summary: Summary): void {
    const { revision, job_id, created_at } = summary;
    const { body } = rowOf(summary);
    this.#sql.exec(
      'UPDATE summary SET body = ?1 WHERE job_id = ?2 AND created_at = ?3 AND revision = ?4 AND body <> ?1',
      ...[body, job_id, created_at, revision],
    );
  }

  /** More of what the job told is here; the rest of its row was before it. */
  advance(
    { created_at, job_id }: ListPosition,
    { through, told, updated_at }: Marks,
    known: KnownState,
  ): void {
    const change = updated_at === known.updated_at ? [] : [updated_at];
    this.#sql.exec(
      `UPDATE summary SET through = ?, told = ?${change.length > 0 ? ', updated_at = ?' : ''}
        WHERE job_id = ? AND created_at = ?`,
      ...[through, JSON.stringify(told), ...change, job_id, created_at],
    );
  }

  /** Deletes a job from the list; its ordinals are kept for as long as the feed may hold its events. */
  remove({ created_at, job_id }: ListPosition, revision: number, through: number, now: number): void {
    this.#sql.exec('DELETE FROM summary WHERE job_id = ? AND created_at = ?', job_id, created_at);
    this.#old.take({ created_at, job_id });
    this.#tombstones.put(job_id, { revision, through }, now);
  }

  #find({ created_at, job_id }: ListPosition): IndexedJob | null {
    const [row] = this.#sql
      .exec<Omit<IndexedJob, 'told'> & { told: string | null } & Record<string, SqlStorageValue>>(
        `SELECT revision, through, status, health, updated_at, progressed_at, told FROM summary
          WHERE job_id = ? AND created_at = ?`,
        ...[job_id, created_at],
      )
      .toArray();
    return row === undefined ? null : { ...row, told: JSON.parse(row.told ?? '{}') as LastTold };
  }

  /** The same of a job in another form, which has moved then. */
  #moved(place: ListPosition): IndexedJob | null {
    const row = this.#old.take(place);
    if (row === null) return null;
    this.#enter(row);
    return this.#find(place);
  }

  #enter({ body, through, progressed_at, told }: OldRow): void {
    const summary = JSON.parse(body) as Summary;
    this.insert(summary, {
      ...{ through, progressed_at, told: JSON.parse(told ?? '{}') as LastTold },
      updated_at: changeAbout(summary),
    });
  }
}
