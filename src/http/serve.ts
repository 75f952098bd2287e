import * as z from 'zod';
import { configOf, type Env } from '../config';
import { isIdempotencyKey } from '../domain/base/idempotency-key';
import type { Json } from '../domain/base/json';
import { type FieldError, type Rejection, reject } from '../domain/base/rejection';
import type { Caller } from '../services/access/caller';
import { openCursor } from '../services/ids/cursor';
import { noSuchJob } from '../services/jobs/create-job';
import { cursorScope } from '../services/jobs/lists';
import type { RequestKey } from '../services/jobs/request-key';
import type { KeepAlive } from '../services/jobs/snapshot-cache';
import { authorize } from './authorize';
import type { Call, Endpoint, Served } from './endpoint';
import { fieldErrors, MOST_ERRORS, REPORTED, rejectFields } from './field-errors';
import { checkJson, checkMediaType, parseBody, parseText, type RawBody, readBody } from './read-body';
import { readQuery } from './read-query';

const NO_QUERY = z.strictObject({});
const NO_BODY = new Uint8Array();
const NO_PARAMS = new URLSearchParams();

/**
 * Runs a request through its endpoint. The checks come in the order of behaviour §2, so that what a job is never shows
 * through a bad request: 401, 403, 413, 415, 400, 422, and only then the job.
 */
export async function serve(
  endpoint: Endpoint,
  env: Env,
  request: Request,
  params: Record<string, string>,
  keepAlive: KeepAlive,
): Promise<Served> {
  const config = configOf(env);
  if (endpoint.receive !== undefined) return endpoint.receive({ env, config, params, request });
  const { headers, url } = request;
  const authorized = await authorize(env, config, endpoint, { headers, url, params });
  if ('code' in authorized) return { outcome: { rejection: authorized }, caller: null };
  const { caller } = authorized;
  const refused = (rejection: Rejection): Served => ({ outcome: { rejection }, caller });

  const { body } = endpoint;
  const raw = body === undefined ? NO_BODY : await readBody(request, body.maxBytes);
  if ('code' in raw) return refused(raw);
  const badType = body === undefined ? null : checkMediaType(headers, raw, body.text ?? false);
  if (badType !== null) return refused(badType);
  const parsed = body === undefined ? { json: null } : parse(body, raw);
  if ('code' in parsed) return refused(parsed);
  const key = readKey(endpoint, headers, raw);
  if (key !== null && 'code' in key) return refused(key);
  if (endpoint.upgrades && !asksToUpgrade(request)) {
    return refused(reject('invalid_request', 'This is a WebSocket: ask with Upgrade: websocket.'));
  }
  const lastEventId = (endpoint.resumable && headers.get('Last-Event-ID')) || null;
  const asked = paramsOf(url);
  const position =
    asked === NO_PARAMS && lastEventId === null
      ? null
      : await readCursor(endpoint, caller, params, asked, lastEventId);
  if (position === undefined)
    return refused(reject('invalid_cursor', 'This cursor is not one of this list.'));

  if (endpoint.token?.from === 'query') asked.delete('token');
  const valid = validate(endpoint, asked, parsed.json);
  if ('code' in valid) return refused(valid);
  const job = params.job_id ?? params.id ?? caller?.token?.job_id;
  if (caller?.token !== undefined && job?.toLowerCase() !== caller.token.job_id)
    return refused(noSuchJob().rejection);
  const minimal = (endpoint.minimizable ?? false) && prefersMinimal(headers.get('Prefer') ?? '');
  const ifNoneMatch = endpoint.conditional ? headers.get('If-None-Match') : null;
  const noCache = ifNoneMatch !== null && wantsNoCache(headers.get('Cache-Control') ?? '');
  const call = {
    ...{ env, config, params, ...valid, json: parsed.json, request: key, position, minimal },
    ...{ lastEventId, ifNoneMatch, noCache, keepAlive, signal: request.signal, url },
    // Few want it, and a URL is dear to parse.
    get host() {
      return new URL(url).host;
    },
  };
  return { outcome: await endpoint.handle(call as Call<never, never>, caller), caller };
}

function parse({ text, optional }: NonNullable<Endpoint['body']>, raw: RawBody): { json: Json } | Rejection {
  return text ? parseText(raw) : parseBody(raw, optional ?? false);
}

function readKey(endpoint: Endpoint, headers: Headers, raw: RawBody): RequestKey | Rejection | null {
  const key = endpoint.keyed ? headers.get('Idempotency-Key') : null;
  if (key === null) return null;
  if (isIdempotencyKey(key)) return { key, raw };
  return reject('invalid_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters.');
}

function asksToUpgrade({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('Upgrade')?.toLowerCase() === 'websocket';
}

/** Whether the first `return` preference is `minimal` (RFC 7240). */
function prefersMinimal(prefer: string): boolean {
  const returns = prefer
    .split(',')
    .map((preference) => /^\s*return\s*=\s*"?([\w-]+)"?/i.exec(preference)?.[1]);
  return returns.find((value) => value !== undefined)?.toLowerCase() === 'minimal';
}

function wantsNoCache(cacheControl: string): boolean {
  return /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(cacheControl);
}

async function readCursor(
  { cursorOf, cursorIn = 'cursor' }: Endpoint,
  caller: Caller | null,
  params: Record<string, string>,
  query: URLSearchParams,
  lastEventId: string | null,
): Promise<Json | undefined> {
  const cursor = lastEventId ?? query.get(cursorIn) ?? '';
  if (cursorOf === undefined || caller === null || cursor === '') return null;
  return openCursor(caller.config, cursorScope(caller.principal.organization, cursorOf(params)), cursor);
}

/** The query's parameters; most requests have none, and parsing a URL costs more than seeing that. */
function paramsOf(url: string): URLSearchParams {
  return url.includes('?') ? new URL(url).searchParams : NO_PARAMS;
}

function validate(
  endpoint: Endpoint,
  params: URLSearchParams,
  json: Json,
): { query: unknown; body: unknown } | Rejection {
  const querySchema = endpoint.query ?? NO_QUERY;
  if (params === NO_PARAMS && endpoint.body === undefined) {
    const unasked = querySchema.safeParse({});
    if (unasked.success) return { query: unasked.data, body: undefined };
  }
  const bad = checkJson(json);
  if (bad !== null) return bad;
  const read = readQuery(params, querySchema);
  const query = querySchema.safeParse(read.query, REPORTED);
  const body = endpoint.body?.schema.safeParse(json, REPORTED);
  const errors: FieldError[] = [
    ...read.errors,
    ...(query.success ? [] : fieldErrors(querySchema, query.error)),
    ...(body === undefined || body.success
      ? []
      : fieldErrors(endpoint.body?.schema as z.ZodType, body.error)),
  ].slice(0, MOST_ERRORS);
  return rejectFields(errors) ?? { query: query.data, body: body?.data };
}
