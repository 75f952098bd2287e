import type { Summary } from '../../domain/job/summary';
import { type ErrorShape, PROBLEMS } from '../../http/problem';

export const TEXT = 'text/plain; charset=utf-8';

/** A refusal in one line, with the status that it has elsewhere. */
export const LINE_ERRORS: ErrorShape = {
  contentType: TEXT,
  write({ rejection: { code, detail }, extra }) {
    const sentence = code === 'unauthenticated' ? 'The address holds no valid token.' : detail;
    const line = (sentence || PROBLEMS[code].title).replaceAll(/\s+/g, ' ');
    return `${line}${extra?.dropped ? ' What came after that was read and dropped.' : ''}\n`;
  },
};

/**
 * Where the job is, in one line: `in_progress 25% (50 of 200)`, without a percentage where there is nothing to count.
 * `read` is what was read of the text.
 */
export function statusLine(
  { status, progress_percentage, total_items }: Summary,
  read: string | null,
): string {
  const counts = total_items > 0 || progress_percentage > 0;
  const words = [
    status,
    ...(counts ? [`${progress_percentage}%`] : []),
    ...(read === null ? [] : [`(${read})`]),
  ];
  return `${words.join(' ')}\n`;
}
