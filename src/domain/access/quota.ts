import { type Rejection, reject } from '../base/rejection';

/** The refusal of one more where there are as many as there may be, naming both; null where there is room. `undo` says what makes room. */
export function refuseBeyond(use: number, limit: number, what: string, undo: string): Rejection | null {
  if (use < limit) return null;
  return reject('quota_exceeded', `There are ${use} ${what}, and may be ${limit}: ${undo}.`);
}
