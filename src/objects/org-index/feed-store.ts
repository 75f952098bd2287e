import { byteLength } from '../../domain/base/json';
import type {
  EndpointBody,
  FeedAsk,
  FeedBody,
  FeedPage,
  FeedRow,
  FreshRow,
  LastTold,
} from '../../domain/feed/feed';
import { FEED_BYTES, FEED_TABLES, feedSpan } from '../../domain/feed/retention';
import { Tables } from '../kit/tables';
import { TurnClock } from '../kit/turn-clock';
import { overAll, TurningTables, tableNamesOf } from '../kit/turning-tables';
import { feedTable } from './org-index-schema';

/** Rows that one page looks at, at most: what it passes over costs a read too. */
const SCAN = 5_000;
const FEED = tableNamesOf('feed', FEED_TABLES);
/** The least or greatest `seq` of all tables. Each is asked for alone: SQLite seeks one, and reads a table for both. */
const end = (bound: 'min' | 'max') =>
  `SELECT ${bound}(seq) FROM (${overAll(FEED, (table) => `SELECT ${bound}(seq) AS seq FROM ${table}`)})`;
const ENDS = `SELECT coalesce((${end('min')}), 1) AS low, coalesce((${end('max')}), 0) AS high`;
/** The table of one row that an organization's own bound stands in, where it was ever less. */
const LIMIT = 'feed_limit';
const COLUMNS = 'seq, at, job_id, revision, body';
const ROWS = overAll(FEED, (table) => `SELECT ${COLUMNS} FROM ${table} WHERE seq > ?1 AND seq <= ?2`);
/** A row's bytes beside its texts, about. */
const ROW_BYTES = 20;

export type FeedEntry = Pick<FeedRow, 'revision' | 'at'> & { body: FeedBody };

/**
 * All SQL of the organization's event feed: rows in order of arrival, numbered by `seq` over all tables without holes.
 * Four tables take turns, each for a third of the time that rows are kept, so retention drops a table and deletes no row.
 * A table that has a quarter of the bytes that there may be gives its turn up before its time: the oldest go then too.
 */
export class FeedStore {
  readonly #sql: SqlStorage;
  readonly #known: Tables;
  readonly #tables: TurningTables;
  readonly #clock: TurnClock;
  /** Bytes that any feed may hold. */
  readonly #most: number;
  /** Bytes that this one may; null where that has to be looked up. */
  #bound: number | null = null;
  /** Whether what is held is no more than that, the turn under way aside. */
  #fits = true;
  /** What the table of a turn holds; null where that has to be looked up. */
  #held: { turn: number; bytes: number } | null = null;
  /** What the transaction under way has appended. */
  #fresh: FreshRow[] = [];

  /** `days` is for how long an event is kept at least, unless they are more than `bytes` in all. */
  constructor(sql: SqlStorage, days: number, known = new Tables(sql), bytes = FEED_BYTES) {
    this.#sql = sql;
    this.#known = known;
    this.#most = bytes;
    this.#tables = new TurningTables(sql, 'feed', FEED_TABLES, feedTable);
    this.#clock = new TurnClock(sql, 'feed_period', feedSpan(days), (from, to) =>
      this.#tables.renew(from, to),
    );
  }

  /** Appends a job's events, and answers what it has told of the job by then: `told` is what it had before. */
  append(jobId: string, events: readonly FeedEntry[], now: number, told: LastTold = {}): LastTold {
    const after = { ...told };
    this.#insert(jobId, events, now, ({ revision, body }, seq) => {
      const row = { ...body, told: { ...after } };
      after[body.type] = [revision, seq, body.status];
      return row;
    });
    return after;
  }

  /** Appends the `n`th event of an endpoint, unless it is there; says whether it did. Events of one endpoint come in order. */
  appendOnce(endpointId: string, n: number, at: number, body: EndpointBody, now: number): boolean {
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO endpoint VALUES (?, ?)
        ON CONFLICT (endpoint_id) DO UPDATE SET through = excluded.through WHERE excluded.through > through`,
      ...[endpointId, n],
    );
    if (rowsWritten > 0) this.#insert(endpointId, [{ revision: n, at, body }], now, () => body);
    return rowsWritten > 0;
  }

  /** Rows behind `after` in order, as far as the filter lets them through. */
  page({ after, limit, types, job_types, tag }: FeedAsk): FeedPage {
    if (!this.#known.has('feed_period')) return { events: [], through: after, head: 0, dropped_through: 0 };
    const { low, high: head } = this.#ends();
    const dropped_through = low - 1;
    const from = Math.max(after, dropped_through);
    const to = Math.min(from + SCAN, head);
    const values: SqlStorageValue[] = [from, to, limit];
    const bound = (value: SqlStorageValue) => `?${values.push(value)}`;
    const oneOf = (path: string, wanted: readonly string[] | undefined) =>
      wanted === undefined
        ? []
        : [
            `json_extract(body, '${path}') IN (SELECT value FROM json_each(${bound(JSON.stringify(wanted))}))`,
          ];
    const wanted = [
      ...oneOf('$.type', types),
      ...oneOf('$.job_type', job_types),
      ...(tag === undefined
        ? []
        : [`EXISTS (SELECT 1 FROM json_each(body, '$.tags') WHERE value = ${bound(tag)})`]),
    ];
    const events = this.#sql
      .exec<FeedRow & Record<string, SqlStorageValue>>(
        `SELECT * FROM (${ROWS}) ${wanted.length === 0 ? '' : `WHERE ${wanted.join(' AND ')}`} ORDER BY seq LIMIT ?3`,
        ...values,
      )
      .toArray();
    const full = events.length === limit;
    const through = full ? (events.at(-1)?.seq ?? from) : Math.max(to, after);
    return { events, through, head, dropped_through };
  }

  /** The number of the newest row; 0 while there is none. */
  head(): number {
    return this.#known.has('feed_period') ? this.#ends().high : 0;
  }

  /** Bytes of the rows that are kept. */
  bytes(): number {
    if (!this.#known.has('feed_period')) return 0;
    return this.#tables.names.reduce((sum, table) => sum + this.#bytesOf(table), 0);
  }

  /** Holds the feed to so many bytes from its next row on, and keeps that: jobs, which write it, know of no limit. */
  hold(bytes: number): void {
    if (Math.min(bytes, this.#most) === this.#bytesAllowed()) return;
    this.#known.make(LIMIT, `CREATE TABLE ${LIMIT} (bytes INTEGER NOT NULL) STRICT`);
    this.#sql.exec(`DELETE FROM ${LIMIT}`);
    this.#sql.exec(`INSERT INTO ${LIMIT} VALUES (?)`, bytes);
    [this.#bound, this.#fits] = [null, false];
  }

  /** The rows that were appended since this was last asked, in order. */
  takeFresh(): FreshRow[] {
    return this.#fresh.splice(0);
  }

  /** Clears what it keeps of the tables, once a transaction was rolled back. */
  forget(): void {
    this.#clock.forget();
    [this.#held, this.#bound, this.#fits] = [null, null, true];
    this.#fresh = [];
  }

  #insert<Row extends Pick<FeedRow, 'revision' | 'at'>>(
    subject: string,
    rows: readonly Row[],
    now: number,
    bodyOf: (row: Row, seq: number) => FeedBody | EndpointBody,
  ): void {
    if (rows.length === 0) return;
    let seq = this.#ends().high;
    const table = this.#tables.of(this.#turnAt(now));
    const held = this.#heldIn(this.#clock.at(now));
    for (const row of rows) {
      seq += 1;
      const told = bodyOf(row, seq);
      const body = JSON.stringify(told);
      held.bytes += byteLength(body) + subject.length + ROW_BYTES;
      const values = [seq, row.at, subject, row.revision, body, held.bytes];
      this.#sql.exec(`INSERT INTO ${table} (${COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?)`, ...values);
      const { at, revision } = row;
      const { type, job_type, tags } = told as Partial<FeedBody> & Pick<FreshRow, 'type'>;
      this.#fresh.push({ row: { seq, at, job_id: subject, revision, body }, type, job_type, tags });
    }
  }

  /**
   * The turn for rows of `now`: the next one where the table of the last is full. A bound that has become less takes the
   * oldest tables at once, but for the newest.
   */
  #turnAt(now: number): number {
    const allowed = this.#bytesAllowed();
    let turn = this.#clock.at(now);
    if (this.#heldIn(turn).bytes >= allowed / FEED_TABLES) turn = this.#clock.hasten(now);
    for (let spare = FEED_TABLES - 2; !this.#fits && spare > 0 && this.bytes() > allowed; spare--)
      turn = this.#clock.hasten(now);
    this.#fits = true;
    return turn;
  }

  #bytesAllowed(): number {
    if (this.#bound !== null) return this.#bound;
    const [row] = this.#known.has(LIMIT)
      ? this.#sql.exec<{ bytes: number }>(`SELECT bytes FROM ${LIMIT}`).toArray()
      : [];
    this.#bound = Math.min(row?.bytes ?? this.#most, this.#most);
    return this.#bound;
  }

  #heldIn(turn: number): { turn: number; bytes: number } {
    if (this.#held?.turn !== turn) this.#held = { turn, bytes: this.#bytesOf(this.#tables.of(turn)) };
    return this.#held;
  }

  /** What the newest row of a table says that it holds. */
  #bytesOf(table: string): number {
    const query = `SELECT bytes FROM ${table} WHERE seq = (SELECT max(seq) FROM ${table})`;
    return this.#sql.exec<{ bytes: number | null }>(query).toArray()[0]?.bytes ?? 0;
  }

  /** The oldest and the newest row; 1 and 0 while there are none. */
  #ends(): { low: number; high: number } {
    return this.#sql.exec<{ low: number; high: number }>(ENDS).one();
  }
}
