import type { Headers } from '../senders';
import type { Unsigned } from './signers';

/** A sender of the table: a payload shaped as it documents it, with details made up, and how it signs. */
export interface Partner {
  /** What the hook is given as its secret. */
  secret: string;
  payload: unknown;
  /** Where the payload says what it is about: the job is named so. */
  name: string;
  /** As a form, not as JSON. */
  form?: true;
  sign: (unsigned: Unsigned) => Headers;
}

/** The secret of those who choose any text for it. */
export const SECRET = 'a shared secret of the two';
