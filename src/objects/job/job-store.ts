import type { Json, JsonObject } from '../../domain/base/json';
import { parseExactly } from '../../domain/base/json-text';
import type { Position } from '../../domain/feed/publication';
import type { Change, EntryKind, Seen } from '../../domain/job/draft';
import type { Entity } from '../../domain/job/issue';
import type { Job } from '../../domain/job/job';
import { migrate, tableNames } from '../kit/migrate';
import { CarriedRecords } from './carried-records';
import { ChildStore } from './child-store';
import type { Item } from './contract';
import { EntryRoom } from './entry-room';
import { EntryStore } from './entry-store';
import {
  type Bookkeeping,
  decodeRow,
  INSERT_JOB,
  insertValues,
  type JobRow,
  SELECT_JOB,
  updateOf,
} from './job-row';
import * as schema from './job-schema';
import type { PublishingMarks } from './publisher';
import { SealedKeyStore } from './sealed-key-store';

/** A job as it is stored, with what the object keeps beside it. */
export interface Stored {
  job: Job;
  books: Bookkeeping;
}

/** What an object has: its job, or else until when (ms) the key of a deleted one is taken. */
export interface Holding {
  stored: Stored | null;
  takenUntil: number | null;
}

const ITEMS_PER_SLOT = 100;

/**
 * All SQL of a job's object. The caller sets the transaction. Which tables there are is not asked where there is a job:
 * its row says it.
 */
export class JobStore {
  readonly entries: EntryStore;
  readonly carried: CarriedRecords;
  readonly children: ChildStore;
  readonly sealedKeys: SealedKeyStore;
  readonly #room: EntryRoom;
  readonly #sql: SqlStorage;
  /** The job as this instance last wrote or read it. */
  #known: Stored | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.entries = new EntryStore(sql);
    this.carried = new CarriedRecords(sql, this.entries);
    this.children = new ChildStore(this.entries);
    this.sealedKeys = new SealedKeyStore(sql);
    this.#room = new EntryRoom(sql);
  }

  /** The id of the job as this instance knows it, for its log lines: asks nothing, so it never throws. */
  get jobId(): string | null {
    return this.#known?.job.job_id ?? null;
  }

  /**
   * The job, or null where none was created, or where only its tombstone is left. What this instance holds in memory is
   * answered only after its storage was touched: an instance that is no longer the current one fails there.
   */
  load(): Stored | null {
    if (this.#known !== null && this.position()?.revision === this.#known.job.revision) return this.#known;
    this.#known = this.#read();
    return this.#known;
  }

  /** The same without the touch, for a change: what it writes touches the storage, and so must it if it writes nothing. */
  loadToChange(): Stored | null {
    return this.#known ?? this.load();
  }

  /** The same for a creation, which mostly finds no tables: they are asked for first. */
  find(): Holding {
    const tables = tableNames(this.#sql);
    return {
      stored: tables.includes('job') ? this.load() : null,
      takenUntil: tables.includes('tombstone') ? this.tombstone() : null,
    };
  }

  #read(): Stored | null {
    const row = this.#row();
    if (row === undefined) return null;
    const [, metadata, result] = row;
    const decoded = decodeRow(row, 3);
    const { created_key, created_digest, deleted_at, keys, keys_total, ...published } = decoded;
    const { pub_revision, pub_events, pub_at, pub_interval, ...job } = published;
    const marks = { pub_revision, pub_events, pub_at, pub_interval };
    return {
      job: { ...job, metadata: parse<JsonObject>(metadata) ?? {}, result: parse(result) ?? null },
      books: { ...marks, created_key, created_digest, deleted_at, keys, keys_total },
    };
  }

  /** The job's row as it stands. One of an older build may lack a column, which SQLite refuses to read: it is upgraded. */
  #row(): SqlStorageValue[] | undefined {
    const select = () => [...this.#sql.exec(SELECT_JOB, schema.METADATA_SLOT, schema.RESULT_SLOT).raw()][0];
    try {
      const row = select();
      if (row === undefined || Number(row[0]) >= schema.JOB_MIGRATIONS.length) return row;
      this.#upgrade(Number(row[0]));
    } catch (cause) {
      const [found] = this.#ask('job', 'SELECT schema FROM job');
      if (found === undefined) return undefined;
      if (Number(found[0]) >= schema.JOB_MIGRATIONS.length) throw cause;
      this.#upgrade(Number(found[0]));
    }
    return select();
  }

  /** The job's own position, for publishing. */
  position(): Position | null {
    const [row] = this.#ask('job', 'SELECT revision, events_total FROM job');
    return row === undefined ? null : { revision: Number(row[0]), events: Number(row[1]) };
  }

  /** Makes the tables and the first revision of a job, over what was found. */
  create({ job, entries }: Change, books: Bookkeeping, items: readonly Entity[], found: Holding): void {
    if (found.takenUntil !== null) this.#drop('tombstone');
    for (const statement of schema.JOB_TABLES) this.#sql.exec(statement);
    this.#sql.exec(INSERT_JOB, schema.JOB_MIGRATIONS.length, ...insertValues(toRow(job, books)));
    this.entries.append(entries);
    this.#known = { job, books };
    this.carried.none();
    if (Object.keys(job.metadata).length > 0) {
      this.#put(schema.METADATA_SLOT, job, job.metadata);
      this.#put(schema.CREATED_METADATA_SLOT, job, job.metadata);
    }
    for (let first = 0; first < items.length; first += ITEMS_PER_SLOT) {
      const page = items.slice(first, first + ITEMS_PER_SLOT);
      const body = page.map(({ entity_type, entity_key }) => ({ entity_type, entity_key }));
      this.#put(schema.ITEMS_SLOT + first / ITEMS_PER_SLOT, job, body);
    }
  }

  /** Saves what the row keeps of its publishing, and nothing else of it. */
  mark({ job, books }: Stored, marks: PublishingMarks): void {
    this.save(job, { job, entries: [], entities: [] }, { ...books, ...marks });
  }

  /** Writes a change: one job row, what is appended, and other content. Answers the kinds whose oldest went, for `most` bytes. */
  save(
    before: Job,
    { job, entries, entities }: Change,
    books: Bookkeeping,
    most = Number.POSITIVE_INFINITY,
  ): ReadonlySet<EntryKind> {
    const known = this.#known === null ? null : toRow(this.#known.job, this.#known.books);
    const { statement, values } = updateOf(toRow(job, books), known);
    this.#sql.exec(statement, ...values);
    this.#known = { job, books };
    const { take, bound } = this.#room.of(job, most);
    this.entries.append(entries, take);
    if (job.metadata !== before.metadata) this.#put(schema.METADATA_SLOT, job, job.metadata);
    if (job.result !== before.result) this.#put(schema.RESULT_SLOT, job, job.result);
    if (entities.length > 0 && !tracksEntities(before)) this.#sql.exec(schema.ENTITY_TABLE);
    for (const { kind, entity_type, entity_key } of entities) {
      this.#sql.exec('INSERT INTO entity VALUES (?, ?, ?)', kind, entity_type, entity_key);
    }
    return bound;
  }

  readonly seen: Seen = ({ kind, entity_type, entity_key }) =>
    this.#tracksEntities() &&
    this.#sql
      .exec(
        'SELECT 1 FROM entity WHERE kind = ? AND entity_type = ? AND entity_key = ?',
        ...[kind, entity_type, entity_key],
      )
      .toArray().length > 0;

  /** The tracked failed entities, by type and key. */
  failedEntities(): Entity[] {
    if (!this.#tracksEntities()) return [];
    const rows = this.#sql.exec<{ entity_type: string; entity_key: string }>(
      "SELECT entity_type, entity_key FROM entity WHERE kind = 'error'",
    );
    return rows.toArray().map((row) => ({ kind: 'error', ...row }));
  }

  createdMetadata(): JsonObject {
    return parseExactly(this.entries.bodyAt(schema.CREATED_METADATA_SLOT) ?? '{}') as JsonObject;
  }

  /** `count` of a rerun's own items, from the `from`th. */
  items(from: number, count: number): Item[] {
    const first = Math.floor(from / ITEMS_PER_SLOT);
    const items: Item[] = [];
    for (let slot = first; items.length < (from % ITEMS_PER_SLOT) + count; slot++) {
      const body = this.entries.bodyAt(schema.ITEMS_SLOT + slot);
      if (body === null) break;
      items.push(...(JSON.parse(body) as Item[]));
    }
    return items.slice(from % ITEMS_PER_SLOT, (from % ITEMS_PER_SLOT) + count);
  }

  /**
   * The generation of the job's tokens, null where there is no job. It begins as the second of the job's creation, so
   * that one made under the same id after this one's deletion takes none of its tokens.
   */
  tokenGeneration(): number | null {
    const query = 'SELECT coalesce((SELECT n FROM entry WHERE slot = ?), created_at / 1000) FROM job';
    const [row] = this.#ask('job', query, schema.TOKENS_SLOT);
    return row === undefined ? null : Number(row[0]);
  }

  setTokenGeneration({ revision }: Job, generation: number, now: number): void {
    this.entries.put(schema.TOKENS_SLOT, generation, revision, 0, now, '{}');
  }

  /** Deletes the job and keeps the row that says its key is taken. */
  bury(expiresAt: number): void {
    this.forget();
    this.#sql.exec(schema.TOMBSTONE_TABLE);
    this.#sql.exec('INSERT INTO tombstone VALUES (?)', expiresAt);
    for (const table of ['job', 'entry', 'entity', 'sealed_keys']) this.#drop(table);
  }

  /** Until when the key of a deleted job is taken, or null. */
  tombstone(): number | null {
    const [row] = this.#ask('tombstone', 'SELECT expires_at FROM tombstone');
    return row === undefined ? null : Number(row[0]);
  }

  /** Clears what it keeps in memory: `deleteAll` or a rolled-back transaction may have taken it. */
  forget(): void {
    this.#room.forget();
    this.#known = null;
    this.carried.forget();
  }

  /** The rows of a query, none where there is no `table`: that is asked for only where the query fails. */
  #ask(table: 'job' | 'tombstone', query: string, ...values: number[]): SqlStorageValue[][] {
    try {
      return [...this.#sql.exec(query, ...values).raw()];
    } catch (cause) {
      if (tableNames(this.#sql).includes(table)) throw cause;
      return [];
    }
  }

  #tracksEntities(): boolean {
    const stored = this.loadToChange();
    return stored !== null && tracksEntities(stored.job);
  }

  #drop(table: string): void {
    this.#sql.exec(`DROP TABLE IF EXISTS ${table}`);
  }

  #put(slot: number, { revision, created_at }: Job, body: unknown): void {
    this.entries.put(slot, 0, revision, 0, created_at, JSON.stringify(body));
  }

  #upgrade(from: number): void {
    const version = migrate(this.#sql, schema.JOB_MIGRATIONS, from);
    this.#sql.exec('UPDATE job SET schema = ?', version);
  }
}

/** Whether entities of the job are tracked, each by a row: it has their table then. */
function tracksEntities({ failed_entities, warned_entities }: Job): boolean {
  return failed_entities + warned_entities > 0;
}

/** The JSON at a slot; undefined where nothing was written there. */
function parse<Value extends Json>(text: SqlStorageValue | undefined): Value | undefined {
  return typeof text === 'string' ? (parseExactly(text) as Value) : undefined;
}

function toRow({ metadata: _metadata, result: _result, ...rest }: Job, books: Bookkeeping): JobRow {
  return { ...rest, ...books };
}
