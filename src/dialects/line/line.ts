import { type Rejection, reject } from '../../domain/base/rejection';
import type { Report } from '../../domain/job/command';
import type { Summary } from '../../domain/job/summary';

/** `50`, `50/200` or `50/200 and what it does`. A number before other words is a word too: `3 files left`. */
const COUNTED = /^(\d+)(?:\s*\/\s*(\d+)(?:\s+(\S.*))?)?$/s;

type Said = Pick<Report, 'processed_items' | 'total_items' | 'message'>;

/** What a worker's text says: how many of how many, and a message. Any text says something. */
export function readLine(text: string): Said | Rejection {
  const line = text.trim();
  if (line === '') return {};
  const [, processed, total, message] = COUNTED.exec(line) ?? [];
  if (processed === undefined) return { message: line };
  const counts = [processed, ...(total === undefined ? [] : [total])].map(Number);
  if (!counts.every(Number.isSafeInteger)) {
    return reject('validation_failed', 'A count must be at most 2^53 - 1.');
  }
  const [processed_items, total_items] = counts;
  return {
    ...(processed_items === undefined ? {} : { processed_items }),
    ...(total_items === undefined ? {} : { total_items }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Where the job is, in one line: `in_progress 25%`, without a percentage where there is nothing to count. */
export function statusLine({ status, progress_percentage, total_items }: Summary): string {
  const counts = total_items > 0 || progress_percentage > 0;
  return counts ? `${status} ${progress_percentage}%\n` : `${status}\n`;
}
