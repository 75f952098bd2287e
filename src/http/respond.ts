import type { Env } from '../config';
import { reject } from '../domain/base/rejection';
import { log } from '../log';
import type { Caller } from '../services/access/caller';
import type { KeepAlive } from '../services/jobs/snapshot-cache';
import { ANY_ORIGIN } from './cors';
import { showsToken } from './credential';
import type { Endpoint, Reply } from './endpoint';
import { type ErrorShape, type Refused, refusalResponse } from './problem';
import { RefusalRate } from './refusal-rate';
import { serve } from './serve';

const refusals = new RefusalRate();

/** Serves one request and logs it. What breaks is a 500 with nothing but the request's id in it. */
export async function respond(
  route: string,
  errors: ErrorShape,
  request: Request,
  work: () => Promise<{ outcome: Reply | Refused; caller: Caller | null }>,
  jobId: string | null = null,
): Promise<Response> {
  const requestId = crypto.randomUUID();
  const began = Date.now();
  let caller: Caller | null = null;
  let outcome: Reply | Refused;
  let cause: unknown;
  try {
    ({ outcome, caller } = await work());
  } catch (thrown) {
    cause = thrown;
    outcome = { rejection: reject('internal', 'Something broke on our side. Tell us this request id.') };
  }
  const response =
    'rejection' in outcome
      ? refusalResponse(outcome, errors, requestId)
      : toResponse(request, outcome, requestId);
  const refused = 'rejection' in outcome ? outcome.rejection.code : null;
  for (const { code, count, since } of refusals.ended(began)) {
    log('warn', 'refusals', { code, count, since: new Date(since).toISOString() });
  }
  const sample = refused === null ? (caller?.config.logSample ?? 1) : 1;
  const counted = refused !== null && !refusals.admits(refused) && cause === undefined;
  if (counted || !isSampled(requestId, sample)) return response;
  log(cause === undefined ? 'info' : 'error', 'request', {
    request_id: requestId,
    method: request.method,
    route,
    status: response.status,
    code: refused,
    organization: caller?.principal.organization,
    actor: caller?.principal.actor,
    job_id: jobId ?? caller?.token?.job_id ?? jobMadeBy(response),
    ms: Date.now() - began,
    sample: sample === 1 ? null : sample,
    cause,
  });
  return response;
}

/** Whether this request is the one of `sample` that writes a line: a line costs more than all else a poll does. */
function isSampled(requestId: string, sample: number): boolean {
  return sample === 1 || Number.parseInt(requestId.slice(0, 8), 16) % sample === 0;
}

/** Serves `endpoint`. What answers a token may be read by any page. */
export async function respondTo(
  endpoint: Endpoint,
  errors: ErrorShape,
  env: Env,
  request: Request,
  params: Record<string, string>,
  keepAlive: KeepAlive,
): Promise<Response> {
  const work = () => serve(endpoint, env, request, params, keepAlive);
  const response = await respond(endpoint.path, errors, request, work, asJobId(params.job_id ?? params.id));
  const { headers, url } = request;
  if (!showsToken(endpoint, { headers, url, params })) return response;
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.headers.set(name, value);
  return response;
}

/** Refuses a request that no endpoint serves. */
export function respondRefused(
  route: string,
  errors: ErrorShape,
  request: Request,
  refused: Refused,
): Promise<Response> {
  return respond(route, errors, request, async () => ({ outcome: refused, caller: null }));
}

function jobMadeBy({ headers }: Response): string | null {
  return asJobId(headers.get('Location')?.split('/').pop());
}

/** What is no id is somebody's text, and stays out of the log. */
function asJobId(named = ''): string | null {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(named) ? named.toLowerCase() : null;
}

function toResponse({ method }: Request, reply: Reply, requestId: string): Response {
  const { status, body, headers, webSocket } = reply;
  const type: Record<string, string> = body === null ? {} : { 'Content-Type': 'application/json' };
  // HEAD takes the headers alone: a stream that nobody reads is not held open.
  if (method === 'HEAD' && body instanceof ReadableStream) void body.cancel();
  const common = { 'Cache-Control': 'no-store', 'X-Request-Id': requestId };
  const init = { status, headers: { ...type, ...common, ...headers } };
  return new Response(
    method === 'HEAD' ? null : body,
    webSocket === undefined ? init : { ...init, webSocket },
  );
}
