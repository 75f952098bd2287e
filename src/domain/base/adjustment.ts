/**
 * What was kept otherwise than it came: `cut` at its end, `shortened` in its middle, `repaired` where it was no Unicode,
 * `converted` from another type, or given its `time_of_arrival`. `bound`: it took the place of the oldest of its kind, since
 * the job holds as many bytes as it may. Source: behaviour §2.
 */
export const ADJUST_REASONS = [
  'cut',
  'shortened',
  'repaired',
  'converted',
  'time_of_arrival',
  'bound',
] as const;
export type AdjustReason = (typeof ADJUST_REASONS)[number];

/** `path` is dotted, as in the refusal of a field: `errors.3.message`. */
export interface Adjustment {
  path: string;
  reason: AdjustReason;
}

/** Adjustments and ignored fields that an answer lists at most, of each. Source: behaviour §2. */
export const MOST_TOLD = 20;

/** Characters of a path that an answer names. */
const PATH_LENGTH = 200;

/** A path that a caller made as long as it liked, short enough to give back. */
export function shortPath(path: string): string {
  return path.length <= PATH_LENGTH ? path : `${path.slice(0, PATH_LENGTH - 1).toWellFormed()}…`;
}

/** The path of what stands at `inner` (a key, an index, or a path of its own) within what stands at `path`. */
export function under(path: string, inner: string | number): string {
  return path === '' ? String(inner) : inner === '' ? path : `${path}.${inner}`;
}
