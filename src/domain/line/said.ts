import { type Count, findCount } from './count';
import { asSeen } from './terminal-text';

/** What a text says of a job. */
export interface Said {
  count?: Count;
  message?: string;
}

/** How numbers alone are meant: as items, or as per cent of the total. */
export type Unit = 'items' | 'percent';

/** `50/200`, and what it does behind that, of as many lines as there are. */
const COUNTED = /^(\d+)\s*\/\s*(\d+)(?:\s+(\S.*))?$/s;
const NUMBER = /^\d+$/;
const PERCENT = /^\d{1,3}(?:[.,]\d{1,4})?$/;

/** What a worker's text says: a count, and a message. Any text says something. */
export function readText(text: string, unit: Unit): Said {
  const seen = asSeen(text).trim();
  if (!seen.includes('\n')) return readLine(seen, unit);
  const [, processed = '', total = '', message = ''] = COUNTED.exec(seen) ?? [];
  const first = countOf(processed, total);
  if (first !== null) {
    const later = lastCounted(seen);
    return later === null ? { count: first, message } : { count: later, message: seen };
  }
  const { count } = readLine(seen.slice(seen.lastIndexOf('\n') + 1).trim(), unit);
  return { ...(count === undefined ? {} : { count }), message: seen };
}

/** What one line says, as it is seen. */
export function readLine(line: string, unit: Unit): Said {
  if (line === '') return {};
  const alone = readNumber(line, unit);
  if (alone !== null) return { count: alone };
  const [, processed = '', total = '', message] = COUNTED.exec(line) ?? [];
  const count = countOf(processed, total);
  if (count !== null) return message === undefined ? { count } : { count, message };
  const found = findCount(line);
  if (found === null) return { message: line };
  return found.message === '' ? { count: found.count } : found;
}

/** The count of the last line, but for the first, that begins with one. */
function lastCounted(text: string): Count | null {
  for (const line of text.split('\n').slice(1).reverse()) {
    const [, processed = '', total = ''] = COUNTED.exec(line.trim()) ?? [];
    const count = countOf(processed, total);
    if (count !== null) return count;
  }
  return null;
}

function readNumber(line: string, unit: Unit): Count | null {
  if (unit === 'percent') return PERCENT.test(line) ? (findCount(`${line}%`)?.count ?? null) : null;
  if (!NUMBER.test(line)) return null;
  const processed = Number(line);
  return Number.isSafeInteger(processed) ? { processed, total: null } : null;
}

function countOf(written: string, whole: string): Count | null {
  if (written === '') return null;
  const [processed, total] = [Number(written), Number(whole)];
  return Number.isSafeInteger(total) && total > 0 && processed <= total ? { processed, total } : null;
}

/** A count in words: `50 of 200`, `50`, `45%`. */
export function tellCount(count: Count): string {
  if ('hundredths' in count) return `${count.hundredths / 100}%`;
  return count.total === null ? String(count.processed) : `${count.processed} of ${count.total}`;
}
