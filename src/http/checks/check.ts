import type { Rejection, RejectionCode } from '../../domain/base/rejection';
import type { Reply } from '../endpoint';
import type { Exchange } from '../exchange';
import type { Route } from '../route';

/** One question put to a request before its handler. */
export interface Check {
  /** What it sees to, in a few words. */
  name: string;
  /** All that it may refuse a request with. */
  refuses: readonly RejectionCode[];
  /** The question as it is put to the requests of a route; null where it is not put to them. */
  at(route: Route): Question | null;
}

/** Null where the request may go on; else its answer. What it finds it leaves in the exchange. */
export type Question = (exchange: Exchange) => CheckAnswer | Promise<CheckAnswer>;
export type CheckAnswer = Rejection | Reply | null;
