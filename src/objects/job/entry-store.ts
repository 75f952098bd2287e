import { byteLength } from '../../domain/base/json';
import type { FeedEvent } from '../../domain/feed/publication';
import type { Entry, EntryKind } from '../../domain/job/draft';
import type { EventBody } from '../../domain/job/event';
import type { IssueFilter, LogFilter, LogLine } from './contract';
import { RINGS, SHOWN } from './job-schema';
import type { EntryLine } from './watch-contract';

interface EntryRow extends Record<string, SqlStorageValue> {
  n: number;
  revision: number;
  k: number;
  at: number;
  body: string;
}

export type Totals = Record<EntryKind, number>;

const LEVEL_OF = { error: 'error', warning: 'warn', event: 'info' } as const;

/** All SQL of what a job appends. An entry's slot follows from its kind and its ordinal. */
export class EntryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Appends in order; what would be overwritten by the same entries is not written first. */
  append(entries: readonly Entry[]): void {
    const last = new Map(entries.map(({ kind, n }) => [kind, n]));
    for (const { kind, n, revision, k, at, body } of entries) {
      if (n <= (last.get(kind) ?? n) - RINGS[kind].slots) continue;
      this.put(RINGS[kind].base + (n % RINGS[kind].slots), n, revision, k, at, JSON.stringify(body));
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
    const kinds = Object.keys(RINGS) as EntryKind[];
    const firsts = kinds.map((kind) => this.#firstAfter(kind, totals[kind], revision));
    if (firsts.includes(null)) return null;
    return merge(kinds.map((kind, index) => this.#lines(kind, firsts[index] ?? 1, totals[kind])));
  }

  /** The bodies of the newest `count` entries as JSON texts, oldest first, fewer where the list passes `bytes`. */
  newest(kind: EntryKind, total: number, count: number, bytes: number): string[] {
    const bodies: string[] = [];
    let size = 1;
    for (const { body } of this.#newestFirst(kind, total, count)) {
      size += byteLength(body) + 1;
      if (size > bytes) break;
      bodies.unshift(body);
    }
    return bodies;
  }

  /** Events with an ordinal above `after`, at most `limit`, oldest first. */
  eventsAfter(after: number, total: number, limit: number): FeedEvent[] {
    const last = Math.min(total, after + limit);
    return this.#range('event', after + 1, last).map(({ n, revision, at, body }) => {
      return { n, revision, at, body: JSON.parse(body) as EventBody };
    });
  }

  /** A page of one kind's kept entries: those with an ordinal above `after`, oldest first. */
  page(kind: EntryKind, total: number, after: number, limit: number, filter: IssueFilter): EntryRow[] {
    return this.#kept(kind, total, 'n > ?', [after], filter, limit);
  }

  /** A page of the log: the lines after (`revision`, `k`), oldest first. */
  logPage(
    totals: Totals,
    after: { revision: number; k: number },
    limit: number,
    filter: LogFilter,
  ): LogLine[] {
    const { level, since, until, q } = filter;
    const wanted: [string, SqlStorageValue[]][] = [['(revision, k) > (?, ?)', [after.revision, after.k]]];
    if (since !== undefined) wanted.push(['at >= ?', [since]]);
    if (until !== undefined) wanted.push(['at < ?', [until]]);
    if (q !== undefined) wanted.push(["instr(json_extract(body, '$.message'), ?) > 0", [q]]);
    const lines = (Object.keys(RINGS) as EntryKind[]).flatMap((kind) => {
      if (level !== undefined && kind !== 'log' && LEVEL_OF[kind] !== level) return [];
      const own = kind === 'log' && level !== undefined ? { level } : {};
      const where = wanted.map(([condition]) => condition).join(' AND ');
      const values = wanted.flatMap(([, bound]) => bound);
      return this.#kept(kind, totals[kind], where, values, own, limit).map((row) => toLine(kind, row));
    });
    return inOrder(lines).slice(0, limit);
  }

  /** The newest `count` lines of the log, oldest first, fewer where surface C's lines pass `bytes` in all. */
  newestLines(totals: Totals, count: number, bytes: number): LogLine[] {
    const lines = (Object.keys(RINGS) as EntryKind[]).flatMap((kind) => {
      const rows = this.#newestFirst(kind, totals[kind], count);
      return [...withinBytes(mapLines(kind, rows), bytes)];
    });
    const newestFirst = inOrder(lines).reverse().slice(0, count);
    return [...withinBytes(newestFirst, bytes)].reverse();
  }

  /** The ordinal of the first entry after `revision`, one past the last where there is none; null where it may be gone. */
  #firstAfter(kind: EntryKind, total: number, revision: number): number | null {
    for (const run of runsOf(kind, 1, total).reverse()) {
      const rows = this.#sql.exec<{ n: number; revision: number }>(
        'SELECT n, revision FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot DESC',
        ...run,
      );
      for (const row of rows) if (row.revision <= revision) return row.n + 1;
    }
    return total > RINGS[kind].slots ? null : 1;
  }

  *#lines(kind: EntryKind, first: number, last: number): Generator<EntryLine, undefined> {
    for (const run of runsOf(kind, first, last)) {
      const rows = this.#sql.exec<EntryRow>(
        'SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot',
        ...run,
      );
      for (const { revision, k, at, body } of rows) yield { revision, k, kind, at, data: body };
    }
  }

  /** The entries with ordinals `first` to `last` that are still there, in order. */
  #range(kind: EntryKind, first: number, last: number): EntryRow[] {
    return runsOf(kind, first, last).flatMap((run) =>
      this.#sql
        .exec<EntryRow>(
          'SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot',
          ...run,
        )
        .toArray(),
    );
  }

  /** The newest `count` entries, newest first, read as far as they are taken. */
  *#newestFirst(kind: EntryKind, total: number, count: number): Generator<EntryRow> {
    for (const run of runsOf(kind, total - count + 1, total).reverse()) {
      const query = 'SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n BETWEEN ? AND ? ORDER BY slot DESC';
      yield* this.#sql.exec<EntryRow>(query, ...run);
    }
  }

  #kept(
    kind: EntryKind,
    total: number,
    condition: string,
    values: SqlStorageValue[],
    fields: IssueFilter & { level?: string },
    limit: number,
  ): EntryRow[] {
    const { base, slots } = RINGS[kind];
    const equals = Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][];
    const matches = equals.map(([field]) => ` AND json_extract(body, '$.${field}') = ?`).join('');
    return this.#sql
      .exec<EntryRow>(
        `SELECT * FROM entry WHERE slot BETWEEN ? AND ? AND n > ? AND ${condition}${matches} ORDER BY n LIMIT ?`,
        ...[
          base,
          base + slots - 1,
          total - SHOWN[kind],
          ...values,
          ...equals.map(([, value]) => value),
          limit,
        ],
      )
      .toArray();
  }
}

/** The runs of slots, one or two, in which the ordinals `first` to `last` stand: slots from and to, ordinals from and to. */
function runsOf(kind: EntryKind, first: number, last: number): [number, number, number, number][] {
  const { base, slots } = RINGS[kind];
  const from = Math.max(first, last - slots + 1, 1);
  if (from > last) return [];
  const [low, high] = [base + (from % slots), base + (last % slots)];
  if (low <= high) return [[low, high, from, last]];
  return [
    [low, base + slots - 1, from, last],
    [base, high, from, last],
  ];
}

function* mapLines(kind: EntryKind, rows: Iterable<EntryRow>): Generator<LogLine> {
  for (const row of rows) yield toLine(kind, row);
}

/** The first lines, as many as surface C prints in `bytes`. */
function* withinBytes(lines: Iterable<LogLine>, bytes: number): Generator<LogLine> {
  let size = 1;
  for (const line of lines) {
    const { at: timestamp, level, message } = line;
    size += byteLength(JSON.stringify({ timestamp, level, message })) + 1;
    if (size > bytes) return;
    yield line;
  }
}

function toLine(kind: EntryKind, { revision, k, at, body }: EntryRow): LogLine {
  const { level, message } = JSON.parse(body) as { level?: LogLine['level']; message: string };
  return { revision, k, at, level: kind === 'log' ? (level ?? 'info') : LEVEL_OF[kind], message, kind };
}

/** One order out of several, each in order by itself. */
function* merge(sources: Iterator<EntryLine, undefined>[]): Generator<EntryLine> {
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    const [least] = inOrder(heads.filter((head) => head !== undefined));
    if (least === undefined) return;
    yield least;
    const index = heads.indexOf(least);
    heads[index] = sources[index]?.next().value;
  }
}

function inOrder<Line extends { revision: number; k: number }>(lines: Line[]): Line[] {
  return lines.sort((a, b) => a.revision - b.revision || a.k - b.k);
}
