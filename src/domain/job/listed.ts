import type { Summary } from './summary';

/** A text in a list is cut to so many characters; the job itself has it whole. */
const TEXT = 500;
/** Error types that a list counts by name, the most frequent; the others share `other`. */
const ERROR_TYPES = 10;

/** What a list shows of a job: a few KB, whatever its texts are. Twice is once. */
export function listed(summary: Summary): Summary {
  const { last_message, error_message, cancellation, errors_by_type } = summary;
  return {
    ...summary,
    last_message: short(last_message),
    error_message: short(error_message),
    cancellation: cancellation && { ...cancellation, reason: short(cancellation.reason) },
    errors_by_type: mostFrequent(errors_by_type),
  };
}

/** A cause stands at the end, so the middle goes. */
function short(text: string | null): string | null {
  if (text === null || text.length <= TEXT) return text;
  const points = Array.from(text);
  if (points.length <= TEXT) return text;
  return [...points.slice(0, TEXT / 2 - 1), '…', ...points.slice(-TEXT / 2)].join('');
}

function mostFrequent(counts: Record<string, number>): Record<string, number> {
  const named = Object.entries(counts).filter(([type]) => type !== 'other');
  if (named.length <= ERROR_TYPES) return counts;
  const order = named.sort(([, a], [, b]) => b - a);
  const rest = order.slice(ERROR_TYPES).reduce((sum, [, count]) => sum + count, counts.other ?? 0);
  return Object.fromEntries([...order.slice(0, ERROR_TYPES), ['other', rest]]);
}
