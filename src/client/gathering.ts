import { advance, coalesce, isBarrier, type Levels, mayFall, squeeze } from './coalesce.ts';
import { entrySize, FRAME, KINDS, type Kind, type Saying } from './saying.ts';
import type { Issue, LogEntry } from './types.ts';

/** What may wait: reports, entries of each kind, and the size of all of it (UTF-16 units). */
export interface Room {
  reports: number;
  entries: number;
  units: number;
}

const ROOM: Room = { reports: 2_000, entries: 10_000, units: 4_194_304 };

/** How many entries were dropped, the oldest first. */
export type Dropped = Record<Kind, number>;

const NONE: Dropped = { logs: 0, warnings: 0, errors: 0 };

/** What is said of it. */
export function droppedText({ logs, warnings, errors }: Dropped): string {
  return `more was said than there is room for: dropped ${logs} log lines, ${warnings} warnings and ${errors} errors`;
}

/**
 * What was said and waits to be sent, as few reports as the algebra allows. It has room for so much: beyond it the oldest log
 * lines are dropped and counted, then the oldest warnings and errors; counters stay exact whatever is said.
 */
export class Gathering {
  readonly #room: Room;
  readonly #levels: Levels = {};
  #waiting: Saying[] = [];
  readonly #entries: Dropped = { ...NONE };
  #units = 0;
  #dropped: Dropped = { ...NONE };
  #said = 0;

  constructor(room: Room = ROOM) {
    this.#room = room;
  }

  /** How many things have been said. */
  get said(): number {
    return this.#said;
  }

  get reports(): number {
    return this.#waiting.length;
  }

  get units(): number {
    return this.#units;
  }

  /** Adds what is said now; whether it is a barrier, which does not wait for the pace. */
  say(saying: Saying): boolean {
    const levels = this.#levels;
    saying.alone = isBarrier(saying, levels);
    const fresh = saying.alone || mayFall(saying, levels);
    saying.through = ++this.#said;
    advance(levels, saying);
    for (const kind of KINDS) this.#entries[kind] += saying[kind].length;
    const last = this.#waiting.at(-1);
    const before = last?.size ?? 0;
    if (fresh || last === undefined || last.alone || !coalesce(last, saying)) {
      this.#waiting.push(saying);
      this.#units += saying.size;
    } else {
      this.#units += last.size - before;
    }
    this.#fit();
    return fresh;
  }

  /** Counts `n` more processed where that is a sum and nothing else: then it is as if it had been said, and much cheaper. */
  count(n: number): boolean {
    const last = this.#waiting.at(-1);
    if (last === undefined || last.alone) return false;
    const { fields } = last;
    const into = fields.processed_items === undefined ? 'processed_delta' : 'processed_items';
    const sum = (fields[into] ?? 0) + n;
    if (!Number.isSafeInteger(sum)) return false;
    fields[into] = sum;
    if (this.#levels.processed_items !== undefined) this.#levels.processed_items += n;
    last.through = ++this.#said;
    return true;
  }

  /** Takes the oldest reports, as many as one request holds; with them goes the word of what was dropped. */
  take(most: { reports: number; units: number }): Saying[] {
    let units = 0;
    const over = this.#waiting.findIndex((saying, index) => {
      units += FRAME + saying.size;
      return index >= most.reports || (index > 0 && units > most.units);
    });
    const taken = this.#waiting.splice(0, over < 0 ? this.#waiting.length : over);
    for (const saying of taken) {
      this.#units -= saying.size;
      for (const kind of KINDS) this.#entries[kind] -= saying[kind].length;
    }
    return taken;
  }

  /** What was dropped since this was last asked; null where nothing was. */
  takeDropped(): Dropped | null {
    const dropped = this.#dropped;
    if (KINDS.every((kind) => dropped[kind] === 0)) return null;
    this.#dropped = { ...NONE };
    return dropped;
  }

  #fit(): void {
    const { reports, entries, units } = this.#room;
    while (this.#waiting.length > reports || this.#units > units) if (!this.#squeeze()) break;
    for (const kind of KINDS) {
      while (this.#entries[kind] > entries) if (!this.#drop(kind, this.#entries[kind] - entries)) break;
      while (this.#units > units) if (!this.#drop(kind, 100)) break;
    }
  }

  /** Drops up to `count` of the oldest entries of a kind, of one report; whether there were any. */
  #drop(kind: Kind, count: number): boolean {
    const saying = this.#waiting.find((one) => one[kind].length > 0);
    if (saying === undefined) return false;
    const dropped = (saying[kind] as (LogEntry | Issue)[]).splice(0, count);
    const size = dropped.reduce((sum, entry) => sum + entrySize(entry), 0);
    if (kind === 'logs') saying.messageAt = Math.max(saying.messageAt - dropped.length, -1);
    saying.size -= size;
    this.#units -= size;
    this.#entries[kind] -= dropped.length;
    this.#dropped[kind] += dropped.length;
    return true;
  }

  /** Makes of the reports that wait half as many, at the price of what lay between them; whether they are fewer. */
  #squeeze(): boolean {
    const all = this.#waiting;
    this.#waiting = all.filter((saying, index) => {
      const before = index % 2 === 0 ? undefined : all[index - 1];
      return before === undefined || !squeeze(before, saying);
    });
    this.#units = this.#waiting.reduce((sum, { size }) => sum + size, 0);
    return this.#waiting.length < all.length;
  }
}
