import type { RejectionCode } from '../domain/base/rejection';
import { log } from '../log';
import { tally } from '../services/metrics/tally';
import type { Exchange } from './exchange';
import { RefusalRate } from './refusal-rate';
import type { Route } from './route';

/** A request that has been answered. */
export interface Answered {
  requestId: string;
  /** When it came (ms since 1970). */
  began: number;
  method: string;
  route: Route;
  /** Null where it broke before there was one. */
  exchange: Exchange | null;
  response: Response;
  refused: RejectionCode | null;
  /** What broke. */
  cause: unknown;
}

const refusals = new RefusalRate();

/** Writes the line of a request, or counts it: good answers are sampled, and floods of refusals told in one line. */
export function logRequest(answered: Answered): void {
  const { requestId, began, method, route, exchange, response, refused, cause } = answered;
  for (const { code, count, since } of refusals.ended(began)) {
    log('warn', 'refusals', { code, count, since: new Date(since).toISOString() });
  }
  const caller = exchange?.caller ?? null;
  tally.answered(caller?.principal.organization ?? null, response.status, refused);
  const sample = refused === null ? (caller?.config.logSample ?? 1) : 1;
  const counted = refused !== null && !refusals.admits(refused) && cause === undefined;
  if (counted || !isSampled(requestId, sample)) return;
  const { job_id, id } = exchange?.params ?? {};
  log(cause === undefined ? 'info' : 'error', 'request', {
    request_id: requestId,
    method,
    route: route.path,
    status: response.status,
    code: refused,
    organization: caller?.principal.organization,
    actor: caller?.principal.actor,
    token_id: caller?.principal.filter_token?.token_id,
    job_id: asJobId(job_id ?? id) ?? caller?.token?.job_id ?? jobMadeBy(response),
    ms: Date.now() - began,
    sample: sample === 1 ? null : sample,
    cause,
  });
}

/** Whether this request is the one of `sample` that writes a line: a line costs more than all else a poll does. */
function isSampled(requestId: string, sample: number): boolean {
  return sample === 1 || Number.parseInt(requestId.slice(0, 8), 16) % sample === 0;
}

function jobMadeBy({ headers }: Response): string | null {
  return asJobId(headers.get('Location')?.split('/').pop());
}

/** What is no id is somebody's text, and stays out of the log. */
function asJobId(named = ''): string | null {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(named) ? named.toLowerCase() : null;
}
