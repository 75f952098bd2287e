/**
 * What was kept otherwise than it came: `cut` at its end, `shortened` in its middle, `repaired` where it was no Unicode,
 * `converted` from another type, or given its `time_of_arrival`. Source: behaviour §2.
 */
export type AdjustReason = 'cut' | 'shortened' | 'repaired' | 'converted' | 'time_of_arrival';

/** `path` is dotted, as in the refusal of a field: `errors.3.message`. */
export interface Adjustment {
  path: string;
  reason: AdjustReason;
}

/** Adjustments and ignored fields that an answer lists at most, of each. Source: behaviour §2. */
export const MOST_TOLD = 20;

/** The path of a member: of a key in an object, or of an index in an array. */
export function under(path: string, member: string | number): string {
  return path === '' ? String(member) : `${path}.${member}`;
}
