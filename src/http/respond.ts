import type { Env } from '../config';
import { reject } from '../domain/base/rejection';
import type { KeepAlive } from '../services/keep-alive';
import { answerHeaders, type Dress } from './answer-headers';
import { auditRefusal } from './audit-refusal';
import { questionsAt } from './checks/promised-order';
import type { Reply } from './endpoint';
import { Exchange } from './exchange';
import { logRequest } from './log-request';
import { type Refused, refusalResponse } from './problem';
import type { Route } from './route';
import { serve } from './serve';

/** What is known of a service whose settings can't be read. */
const UNKNOWN = { trustProxy: false };

/** Answers the requests of one route. */
export type Responder = (
  env: Env,
  request: Request,
  params: Record<string, string>,
  keepAlive: KeepAlive,
) => Promise<Response>;

/** Serves the requests of a route and logs each. What breaks is a 500 with nothing but the request's id in it. */
export function responder(route: Route): Responder {
  const questions = questionsAt(route);
  return async (env, request, params, keepAlive) => {
    const requestId = crypto.randomUUID();
    const began = Date.now();
    const { method } = request;
    let exchange: Exchange | null = null;
    let outcome: Reply | Refused;
    let cause: unknown;
    try {
      exchange = new Exchange(route, env, request, params, keepAlive, requestId);
      outcome = await serve(exchange, questions);
    } catch (thrown) {
      cause = thrown;
      outcome = { rejection: reject('internal', 'Something broke on our side. Tell us this request id.') };
    } finally {
      exchange?.letGo();
    }
    const rejection = 'rejection' in outcome ? outcome.rejection : null;
    const refused = rejection?.code ?? null;
    if (refused !== null && exchange !== null) auditRefusal(exchange, refused, began);
    const standIn = rejection && exchange && route.endpoint?.standIn?.(rejection, exchange);
    if (standIn) outcome = standIn;
    const added = exchange?.added ?? null;
    const dress = (own: Record<string, string>) =>
      answerHeaders(request, exchange?.config ?? UNKNOWN, requestId, own, added);
    const response =
      'rejection' in outcome
        ? refusalResponse(outcome, route.errors, requestId, dress)
        : toResponse(method, outcome, dress);
    logRequest({ requestId, began, method, route, exchange, response, refused, cause });
    return response;
  };
}

function toResponse(method: string, reply: Reply, dress: Dress): Response {
  const { status, body, headers, webSocket } = reply;
  const type: Record<string, string> = body === null ? {} : { 'Content-Type': 'application/json' };
  // HEAD takes the headers alone: a stream that nobody reads is not held open.
  if (method === 'HEAD' && body instanceof ReadableStream) void body.cancel();
  const init = { status, headers: dress({ ...type, ...headers }) };
  return new Response(
    method === 'HEAD' ? null : body,
    webSocket === undefined ? init : { ...init, webSocket },
  );
}
