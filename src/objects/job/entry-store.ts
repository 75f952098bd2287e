import { byteLength } from '../../domain/base/json';
import type { FeedEvent } from '../../domain/feed/publication';
import type { Entry, EntryKind } from '../../domain/job/draft';
import type { EventBody } from '../../domain/job/event';
import type { Job } from '../../domain/job/job';
import { inPieces } from '../kit/in-pieces';
import type { EntryText, IssueFilter, LogFilter, LogLine, LogPlace, PageBounds } from './contract';
import {
  type EntryRow,
  isWanted,
  KINDS,
  type KindRow,
  kindsOf,
  lineSize,
  merge,
  toLine,
} from './entry-lines';
import { counting, type EntryPage, fillPage } from './entry-page';
import type { Room } from './entry-room';
import { oldestOf, RINGS, SHOWN, slotOf } from './job-schema';
import type { EntryLine } from './watch-contract';

export type Totals = Record<EntryKind, number>;

export function totalsOf(job: Job): Totals {
  return {
    error: job.errors_total,
    warning: job.warnings_total,
    log: job.log_entries_total,
    event: job.events_total,
  } satisfies Totals;
}

/** An entry's JSON beside its body, about. */
const ENTRY_BYTES = 100;

/** All SQL of what a job appends. An entry's slot follows from its kind and its ordinal. */
export class EntryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Appends in order; what would be overwritten by the same entries is not written first. */
  append(entries: readonly Entry[], take: Room['take'] = () => undefined): void {
    const last = new Map(entries.map(({ kind, n }) => [kind, n]));
    for (const { kind, n, revision, k, at, body } of entries) {
      if (n <= (last.get(kind) ?? n) - RINGS[kind].slots) continue;
      const text = JSON.stringify(body);
      take(kind, n, byteLength(text));
      this.put(slotOf(kind, n), n, revision, k, at, text);
    }
  }

  put(slot: number, n: number, revision: number, k: number, at: number, body: string): void {
    this.#sql.exec(
      `INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (slot) DO UPDATE SET
        n = excluded.n, revision = excluded.revision, k = excluded.k, at = excluded.at, body = excluded.body`,
      ...[slot, n, revision, k, at, body],
    );
  }

  bodyAt(slot: number): string | null {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM entry WHERE slot = ?', slot).toArray();
    return row?.body ?? null;
  }

  /** The revision in which the content at a slot was written; 0 where none was. */
  revisionAt(slot: number): number {
    const query = 'SELECT revision FROM entry WHERE slot = ?';
    return this.#sql.exec<{ revision: number }>(query, slot).toArray()[0]?.revision ?? 0;
  }

  /** All entries after `revision`, in order, read as they are taken; null where some of them may be gone. */
  since(totals: Totals, revision: number): Iterable<EntryLine> | null {
    const place = { revision, k: Number.POSITIVE_INFINITY };
    const firsts = KINDS.map((kind) => this.#firstAfter(kind, totals[kind], place));
    if (KINDS.some((kind, index) => !this.#isKept(kind, (firsts[index] ?? 1) - 1))) return null;
    return toEntryLines(
      merge(KINDS.map((kind, index) => this.#upwards(kind, firsts[index] ?? 1, totals[kind]))),
    );
  }

  /** The bodies of the newest `count` entries as JSON texts, oldest first, fewer where the list passes `bytes`. */
  newest(kind: EntryKind, total: number, count: number, bytes: number): string[] {
    const bodies: string[] = [];
    let size = 1;
    for (const { row } of this.#downwards(kind, total, count)) {
      size += byteLength(row.body) + 1;
      if (size > bytes) break;
      bodies.push(row.body);
    }
    return bodies.reverse();
  }

  /** Events with an ordinal above `after`, at most `limit`, oldest first. */
  eventsAfter(after: number, total: number, limit: number): FeedEvent[] {
    const rows = this.#upwards('event', after + 1, Math.min(total, after + limit));
    return Array.from(rows, ({ row: { n, revision, at, body } }) => {
      return { n, revision, at, body: JSON.parse(body) as EventBody };
    });
  }

  /** A page of one kind's kept entries: those with an ordinal above `after`, oldest first. */
  page(
    kind: EntryKind,
    total: number,
    after: number,
    bounds: PageBounds,
    filter: IssueFilter,
  ): EntryPage<EntryText, number> {
    let dropped = 0;
    const count = (behind: number) => {
      if (after > 0) dropped = behind;
    };
    const first = Math.max(after, total - SHOWN[kind]) + 1;
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    const matches = (body: string) => {
      if (wanted.length === 0) return true;
      const fields = JSON.parse(body) as Record<string, unknown>;
      return wanted.every(([field, value]) => fields[field] === value);
    };
    const page = fillPage(counting(this.#upwards(kind, first, total), after, total, count), bounds, {
      place: ({ row: { n } }: KindRow) => n,
      read: ({ row }) => (matches(row.body) ? row : null),
      size: ({ body }) => byteLength(body) + ENTRY_BYTES,
    });
    return { ...page, dropped };
  }

  /** A page of the log: the lines after a place, oldest first. */
  logPage(
    totals: Totals,
    after: LogPlace,
    bounds: PageBounds,
    filter: LogFilter,
  ): EntryPage<LogLine, LogPlace> {
    const kinds = kindsOf(filter.level);
    const passed: Partial<Totals> = {};
    let dropped = 0;
    const sources = kinds.map((kind) => {
      const told = after.passed?.[kind];
      const known = told ?? this.#firstAfter(kind, totals[kind], after) - 1;
      passed[kind] = Math.max(known, totals[kind] - SHOWN[kind], 0);
      const rows = this.#upwards(kind, passed[kind] + 1, totals[kind]);
      return counting(rows, known, totals[kind], (behind) => {
        if (told !== undefined) dropped += behind;
      });
    });
    const page = fillPage(merge(sources), bounds, {
      place({ kind, row: { n, revision, k } }) {
        passed[kind] = n;
        return { revision, k, passed: { ...passed } };
      },
      read(row) {
        const line = toLine(row);
        return isWanted(line, filter) ? line : null;
      },
      size: (line) => lineSize(line) + ENTRY_BYTES,
    });
    return { ...page, dropped };
  }

  /** The newest `count` lines of the log, oldest first, fewer where surface C's lines pass `bytes` in all. */
  newestLines(totals: Totals, count: number, bytes: number): LogLine[] {
    const lines: LogLine[] = [];
    let size = 1;
    for (const row of merge(
      KINDS.map((kind) => this.#downwards(kind, totals[kind], count)),
      true,
    )) {
      const line = toLine(row);
      size += lineSize(line);
      if (size > bytes) break;
      if (lines.push(line) === count) break;
    }
    return lines.reverse();
  }

  /**
   * The ordinal of the first kept entry after a place, one past the last where there is none. Looks from the newest
   * backwards in growing steps, then between the last two: most ask for what has just come.
   */
  #firstAfter(kind: EntryKind, total: number, place: { revision: number; k: number }): number {
    let [before, after] = [oldestOf(kind, total) - 1, total + 1];
    for (let step = 1, n = total; n > before; step *= 2, n -= step) {
      if (this.#isAfter(kind, n, place)) after = n;
      else before = n;
    }
    while (after - before > 1) {
      const n = Math.floor((before + after) / 2);
      if (this.#isAfter(kind, n, place)) after = n;
      else before = n;
    }
    return after;
  }

  /** Whether the `n`th is there, or there never was one. */
  #isKept(kind: EntryKind, n: number): boolean {
    const query = 'SELECT 1 FROM entry WHERE slot = ? AND n = ?';
    return n === 0 || this.#sql.exec(query, slotOf(kind, n), n).toArray().length > 0;
  }

  #isAfter(kind: EntryKind, n: number, place: { revision: number; k: number }): boolean {
    const query = 'SELECT revision, k FROM entry WHERE slot = ?';
    const [row] = this.#sql.exec<{ revision: number; k: number }>(query, slotOf(kind, n)).toArray();
    if (row === undefined) return false;
    return row.revision > place.revision || (row.revision === place.revision && row.k > place.k);
  }

  /** The entries with ordinals `first` to `last` that are still there, in order, read as they are taken. */
  *#upwards(kind: EntryKind, first: number, last: number): Generator<KindRow> {
    for (const [low, ...run] of runsOf(kind, first, last)) {
      const query =
        'SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot LIMIT ?';
      const rows = inPieces<EntryRow>((before, limit) => {
        const from = before === null ? low : slotOf(kind, before.n) + 1;
        return this.#sql.exec<EntryRow>(query, from, ...run, limit).toArray();
      });
      for (const row of rows) yield { kind, row };
    }
  }

  /** The newest `count` entries, newest first, read as they are taken. */
  *#downwards(kind: EntryKind, total: number, count: number): Generator<KindRow> {
    for (const [low, high, ...run] of runsOf(kind, total - count + 1, total).reverse()) {
      const query =
        'SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot DESC LIMIT ?';
      const rows = inPieces<EntryRow>((before, limit) => {
        const to = before === null ? high : slotOf(kind, before.n) - 1;
        return this.#sql.exec<EntryRow>(query, low, to, ...run, limit).toArray();
      });
      for (const row of rows) yield { kind, row };
    }
  }
}

function* toEntryLines(rows: Iterable<KindRow>): Generator<EntryLine> {
  for (const { kind, row } of rows) {
    const { revision, k, at, body: data } = row;
    yield { revision, k, kind, at, data };
  }
}

/** The runs of slots, one or two, in which the ordinals `first` to `last` stand: slots from and to, ordinals from and to. */
function runsOf(kind: EntryKind, first: number, last: number): [number, number, number, number][] {
  const { base, slots } = RINGS[kind];
  const from = Math.max(first, oldestOf(kind, last));
  if (from > last) return [];
  const [low, high] = [slotOf(kind, from), slotOf(kind, last)];
  if (low <= high) return [[low, high, from, last]];
  return [
    [low, base + slots - 1, from, last],
    [base, high, from, last],
  ];
}
