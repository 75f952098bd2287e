import { byteLength } from '../../domain/base/json';
import type { EntryKind } from '../../domain/job/draft';
import type { LogFilter, LogLine } from './contract';
import { RINGS } from './job-schema';

/** An entry as its row has it; `body` is its JSON text. */
export interface EntryRow extends Record<string, SqlStorageValue> {
  n: number;
  revision: number;
  k: number;
  at: number;
  body: string;
}

export interface KindRow {
  kind: EntryKind;
  row: EntryRow;
}

export const KINDS = Object.keys(RINGS) as EntryKind[];
const LEVEL_OF = { error: 'error', warning: 'warn', event: 'info' } as const;

export function toLine({ kind, row: { revision, k, at, body } }: KindRow): LogLine {
  const { level, message } = JSON.parse(body) as { level?: LogLine['level']; message: string };
  return { revision, k, at, level: kind === 'log' ? (level ?? 'info') : LEVEL_OF[kind], message, kind };
}

/** The kinds that can have lines of a level. */
export function kindsOf(level: LogLine['level'] | undefined): EntryKind[] {
  return KINDS.filter((kind) => level === undefined || kind === 'log' || LEVEL_OF[kind] === level);
}

export function isWanted(line: LogLine, { level, since, until, q }: LogFilter): boolean {
  return (
    (level === undefined || line.level === level) &&
    (since === undefined || line.at >= since) &&
    (until === undefined || line.at < until) &&
    (q === undefined || line.message.includes(q))
  );
}

/** Size of a line as surface C prints it, its comma with it. */
export function lineSize({ at: timestamp, level, message }: LogLine): number {
  return byteLength(JSON.stringify({ timestamp, level, message })) + 1;
}

/** One order by revision and place out of several, each in that order by itself; `backwards` for all of it. */
export function* merge(sources: Iterator<KindRow>[], backwards = false): Generator<KindRow> {
  const sign = backwards ? -1 : 1;
  const heads = sources.map((source) => source.next());
  for (;;) {
    let first = -1;
    for (const [index, head] of heads.entries()) {
      const best = heads[first];
      if (!head.done && (best === undefined || sign * compare(head.value, best.value) < 0)) first = index;
    }
    const head = heads[first];
    const source = sources[first];
    if (head === undefined || source === undefined) return;
    yield head.value;
    heads[first] = source.next();
  }
}

function compare({ row: a }: KindRow, { row: b }: KindRow): number {
  return a.revision - b.revision || a.k - b.k;
}
