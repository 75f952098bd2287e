import { readLine } from '../../domain/line/said';
import { asSeen } from '../../domain/line/terminal-text';
import type { ChildNews } from './child-news.ts';

/** A line without an end is held back for so long, where it may become a marked one (UTF-16 units). */
const LONGEST = 8_192;
const MARK = /^[ \t]*::(progress|stage)(?:[ \t](.*))?$/;
/** `50 uploading`: items alone, and what they are about. */
const ITEMS = /^(\d{1,15})\s+(\S.*)$/s;

/**
 * Lines that a program writes for us: `::progress 50/200 uploading`, `::stage indexing`. They are taken out of its text, which
 * is the rest.
 */
export class MarkedLines {
  #held = '';
  #told: ChildNews = {};

  /** The text without its marked lines; a last line that may become one comes with what follows. */
  take(piece: string): string {
    const text = this.#held + piece;
    this.#held = '';
    if (!text.includes('::') && !mayBegin(text)) return text;
    const end = text.lastIndexOf('\n') + 1;
    const open = text.slice(end);
    const isHeld = mayBegin(open) && open.length <= LONGEST;
    if (isHeld) this.#held = open;
    return this.#rest(text.slice(0, end)) + (isHeld ? '' : open);
  }

  /** No more comes: what was held back, where it was no marked line. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held === '' ? '' : this.#rest(held);
  }

  /** What they said since this was last asked. */
  news(): ChildNews {
    const told = this.#told;
    this.#told = {};
    return told;
  }

  #rest(lines: string): string {
    if (!lines.includes('::')) return lines;
    return lines
      .split(/(?<=\n)/)
      .filter((line) => !this.#read(asSeen(line).trimEnd()))
      .join('');
  }

  #read(line: string): boolean {
    const [, mark, said = ''] = MARK.exec(line) ?? [];
    if (mark === undefined) return false;
    const words = said.trim();
    if (mark === 'stage') this.#told = { ...this.#told, ...(words === '' ? {} : { stage: words }) };
    else this.#told = { ...this.#told, ...progressOf(words) };
    return true;
  }
}

function progressOf(words: string): ChildNews {
  const [, items, message] = ITEMS.exec(words) ?? [];
  if (items === undefined || message === undefined || /^(of\b|[/%])/.test(message))
    return readLine(words, 'items');
  return { count: { processed: Number(items), total: null }, message };
}

/** Whether the last line of a text may be the beginning of a marked one. */
function mayBegin(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  if (line.length > LONGEST || line === '') return false;
  const start = line.trimStart();
  return start === '' || start.startsWith('::') || start === ':';
}
