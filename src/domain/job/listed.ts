import type { Summary } from './summary';

/** How much a list shows of what may be long: characters of a text, error types that are counted by name. */
interface Room {
  text: number;
  types: number;
}

/** A text in a list is cut to so many characters, and the most frequent error types are named: the job itself has the whole. */
const SHOWN: Room = { text: 500, types: 10 };
/** What is tried in turn where a summary has to be smaller. */
const SMALLER: readonly Room[] = [
  { text: 250, types: 5 },
  { text: 120, types: 2 },
  { text: 60, types: 0 },
  { text: 2, types: 0 },
];

/** What a list shows of a job: a few KB, whatever its texts are. Twice is once. */
export function listed(summary: Summary, { text, types }: Room = SHOWN): Summary {
  const { last_message, error_message, cancellation, errors_by_type } = summary;
  return {
    ...summary,
    last_message: short(last_message, text),
    error_message: short(error_message, text),
    cancellation: cancellation && { ...cancellation, reason: short(cancellation.reason, text) },
    errors_by_type: mostFrequent(errors_by_type, types),
  };
}

/** The most of a job that `fits`: as a list shows it, or with shorter texts. The least of it where nothing does. */
export function listedWithin(summary: Summary, fits: (shown: Summary) => boolean): Summary {
  let shown = listed(summary);
  for (const room of SMALLER) {
    if (fits(shown)) return shown;
    shown = listed(summary, room);
  }
  return shown;
}

/** A cause stands at the end, so the middle goes. */
function short(text: string | null, most: number): string | null {
  if (text === null || text.length <= most) return text;
  const points = Array.from(text);
  if (points.length <= most) return text;
  return [...points.slice(0, most / 2 - 1), '…', ...points.slice(-most / 2)].join('');
}

function mostFrequent(counts: Record<string, number>, most: number): Record<string, number> {
  const named = Object.entries(counts).filter(([type]) => type !== 'other');
  if (named.length <= most) return counts;
  const order = named.sort(([, a], [, b]) => b - a);
  const rest = order.slice(most).reduce((sum, [, count]) => sum + count, counts.other ?? 0);
  return Object.fromEntries([...order.slice(0, most), ['other', rest]]);
}
