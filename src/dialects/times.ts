import { writeTime } from '../domain/base/time';

/** A time as an answer writes it: UTC with milliseconds. */
export function toTime(at: number): string {
  return writeTime(at);
}

export function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}
