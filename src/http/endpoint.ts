import type * as z from 'zod';
import type { Config, Env } from '../config';
import type { Permission } from '../domain/access/permission';
import type { TokenScope } from '../domain/access/token';
import type { AuditAction, AuditTarget, AuditTrace } from '../domain/audit/audit-record';
import type { Adjustment } from '../domain/base/adjustment';
import type { Json } from '../domain/base/json';
import type { Rejection, RejectionCode } from '../domain/base/rejection';
import type { Told } from '../domain/door/told';
import type { Caller } from '../services/access/caller';
import type { RequestKey } from '../services/jobs/request-key';
import type { KeepAlive } from '../services/keep-alive';
import { DIGESTED, NOT_MODIFIED_DIGEST, underTag } from './conditional';
import type { Credential } from './presented-credential';
import type { Refused } from './problem';
import type { BodyHolder, RawBody } from './read-body';

/** The largest body (bytes) but for a batch. Source: behaviour §5. */
export const BODY_LIMIT = 262_144;

/** A validated request. */
export interface Call<Query, Body> extends BodyHolder {
  env: Env;
  config: Config;
  /** Who asks for this and where from, for the audit record of an act. */
  readonly trace: AuditTrace;
  /** What was shown of who calls. */
  credential: Credential | null;
  /** The host under which the service was called, its port too where it is not the scheme’s own. */
  host: string;
  params: Record<string, string>;
  query: Query;
  body: Body;
  /** The body as the JSON value it was read from. */
  json: Json;
  /** Its bytes. */
  raw: RawBody;
  /** What of the body was not taken as it came. */
  told: Told;
  /** The `Idempotency-Key`, where one was sent and the endpoint takes it. */
  request: RequestKey | null;
  /** What the cursor held, or null where none was sent. */
  position: Json | null;
  /** `Prefer: return=minimal` was sent. */
  minimal: boolean;
  /** The `Last-Event-ID`, or `?lastEventId=` without it, where one was sent and the endpoint takes it. */
  lastEventId: string | null;
  /** `If-None-Match` as it was sent. */
  ifNoneMatch: string | null;
  /** `Cache-Control: no-cache` was sent: only the object's own answer will do. */
  noCache: boolean;
  keepAlive: KeepAlive;
  /** Unread where the endpoint takes no `body`. */
  incoming: Request;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
  /** Where links in the answer lead: `https://host[:port]`. */
  origin: string;
}

/** A request whose body is signed as it came: unread. */
export type RawCall = Pick<Call<unknown, unknown>, 'env' | 'config' | 'params' | 'incoming' | 'hold'>;

/** What became of a request, for the answer and for the log. */
export interface Served {
  outcome: Reply | Refused;
  caller: Caller | null;
}

/** An answer. `body` is text, JSON where the headers don't say otherwise, bytes or a stream; with 101 there is a socket. */
export interface Reply {
  status: number;
  body: string | ArrayBuffer | ReadableStream<Uint8Array> | null;
  headers?: Record<string, string>;
  webSocket?: WebSocket;
}

/** An answer whose body is all there. */
export interface TextReply extends Reply {
  body: string | null;
}

/** What OpenAPI is told of an answer. */
export interface ReplyDoc {
  description: string;
  schema?: z.ZodType;
  /** `application/json` where it is not named. */
  contentType?: string;
  /** What else it may be, as the request asks: content types and their schemas. */
  otherwise?: Record<string, z.ZodType>;
  headers?: Record<string, string>;
}

/** What of a request says whether a refusal is of use to its sender. */
export interface Asked {
  headers: Headers;
  lastEventId: string | null;
}

/** An act that is recorded, and what it is about: the parameter of the path that names it. */
export interface AuditedAct {
  action: AuditAction;
  target: AuditTarget['type'];
  named?: string;
}

interface Description {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** As Hono writes it: `/api/jobs/:job_id`. */
  path: string;
  /** The last parameter is all the rest of the path, with its slashes. */
  takesRest?: boolean;
  /** Unique over all surfaces. */
  id: string;
  summary: string;
  description?: string;
  replies: Record<number, ReplyDoc>;
  /** Refusals beyond those that its access, query and body imply. */
  refusals?: readonly RejectionCode[];
  /** A permission that opens it instead, where the body decides which of the two is needed. */
  orAccess?: Permission;
  /** The operator's token opens it too: there is no caller then. */
  orAdmin?: boolean;
  /** A permission that is needed besides: what it makes does by itself what that permits. */
  also?: Permission;
  /**
   * The least token that opens it; without it, none does. What `lists` jobs is closed to tokens for one. A token comes in
   * the `Authorization` header, or in `?token=` too, or in the path (`:token`) alone.
   */
  token?: { scope: TokenScope; from?: 'query' | 'path'; lists?: true };
  /** Pages of any origin may load and read it: it is the same for everyone. */
  forAnyPage?: boolean;
  /** Reads plain text, of any type and size, by itself. */
  readsText?: boolean;
  /** What is answered in place of a refusal to one who has no use for it; null where the refusal stands. */
  standIn?: (rejection: Rejection, request: Asked) => Reply | null;
  /** The act that it is, which is recorded where it is done, and where it is refused with a 403. */
  audit?: AuditedAct;
  /** Other methods are answered as where nothing is, not with what is allowed. */
  hidden?: boolean;
  /** GET acts here, so HEAD, which promises not to, is refused. */
  noHead?: boolean;
  /** Reads an `Idempotency-Key`. */
  keyed?: boolean;
  /** Reads `Prefer: return=minimal`. */
  minimizable?: boolean;
  /** Reads a `Last-Event-ID`, or `?lastEventId=` without it. */
  resumable?: boolean;
  /** Is a WebSocket, and nothing without `Upgrade: websocket`. */
  upgrades?: boolean;
  /** Answers with an `ETag` and takes `If-None-Match`, as every GET of JSON does without saying so. */
  conditional?: boolean;
  /** The list its cursors belong to. */
  cursorOf?: (params: Record<string, string>) => string;
  /** The parameter that takes a cursor: `cursor` where it is not named. A `Last-Event-ID` that is taken wins over it. */
  cursorIn?: 'cursor' | 'after';
  /** Words that the parameter takes in a cursor’s place: what they mean is the endpoint’s. */
  cursorWords?: readonly string[];
  /** The position at a place behind a cursor that stands after its `~`; undefined where there is none. Without it, none does. */
  cursorWithin?: (caller: Caller, position: Json, place: string) => Json | undefined;
}

/** A body on its way to its endpoint. */
export interface BodyInput {
  json: Json;
  /** What its text was adjusted. */
  adjusted: readonly Adjustment[];
  bytes: number;
  params: Record<string, string>;
}

/** A body that was read, and what of it was not taken as it came. */
export interface TakenBody<Body> {
  body: Body;
  told: Told;
  /** It ends a job: nothing else that is wrong with the request refuses it. */
  ends?: boolean;
}

interface BodyDoc<Schema extends z.ZodType, Body = z.output<Schema>> {
  schema: Schema;
  /** The endpoint reads the bytes itself: they may be more than JSON. */
  raw?: boolean;
  /** Reads what programs write in place of what the schema takes, which is then what is documented. */
  read?: (input: BodyInput) => TakenBody<Body> | Rejection;
  /** An empty body stands for `{}`. */
  optional?: boolean;
  maxBytes: number;
  /** The bytes it may have where it ends a job, if that is more: what can't be read can't end one. */
  endBytes?: number;
}

type NoQuery = z.ZodObject<Record<never, never>>;
type Handler<Query extends z.ZodType, Body, Who> = (
  call: Call<z.output<Query>, Body>,
  who: Who,
) => Promise<Reply | Refused>;

interface Spec<Query extends z.ZodObject, Schema extends z.ZodType, Body, Who> extends Description {
  query?: Query;
  body?: BodyDoc<Schema, Body>;
  handle: Handler<Query, Body, Who>;
}

interface Accepting extends Description {
  /** The permission it takes, any key or sign-in whatever it may do, the operator's token, or nothing at all. */
  access: Permission | 'any' | 'admin' | 'open';
  query?: z.ZodObject;
  body?: BodyDoc<z.ZodType, unknown>;
}

/** One method on one path of one surface: what it takes, what it answers, and how. */
export type Endpoint = Accepting &
  (
    | {
        handle: (call: Call<never, never>, caller: Caller | null) => Promise<Reply | Refused>;
        receive?: never;
      }
    | { handle?: never; receive: (call: RawCall) => Promise<Served> }
  );

/** An endpoint for an organization's own keys. */
export function tenantEndpoint<
  Query extends z.ZodObject = NoQuery,
  Schema extends z.ZodType = z.ZodNull,
  Body = z.output<Schema>,
>(access: Permission | 'any', spec: Spec<Query, Schema, Body, Caller>): Endpoint {
  const handle = (call: Call<never, never>, caller: Caller | null) => {
    if (caller === null) throw new Error('a tenant endpoint was called without a principal');
    return spec.handle(call, caller);
  };
  return tagged({ ...spec, access, handle } as Endpoint);
}

/** An endpoint for an organization's own keys, and for the operator: the caller is null then. */
export function sharedEndpoint<Query extends z.ZodObject = NoQuery>(
  access: Permission,
  spec: Spec<Query, z.ZodNull, null, Caller | null>,
): Endpoint {
  const handle = (call: Call<never, never>, caller: Caller | null) => spec.handle(call, caller);
  return tagged({ ...spec, access, orAdmin: true, handle } as Endpoint);
}

/** An endpoint for the operator, or for everyone. */
export function openEndpoint<Query extends z.ZodObject = NoQuery, Body extends z.ZodType = z.ZodNull>(
  access: 'admin' | 'open',
  spec: Spec<Query, Body, z.output<Body>, null>,
): Endpoint {
  const handle = (call: Call<never, never>) => spec.handle(call, null);
  return tagged({ ...spec, access, handle } as Endpoint);
}

/** An endpoint whose checks are its own, because its credential is a signature over the body as it came. */
export function rawEndpoint(
  spec: Description & { body?: BodyDoc<z.ZodType>; receive: (call: RawCall) => Promise<Served> },
): Endpoint {
  return { ...spec, access: 'open' };
}

/** A GET of JSON answers under the digest of its body where it names no `ETag` of its own, and to that with a 304. */
function tagged(endpoint: Endpoint): Endpoint {
  const { method, replies, handle } = endpoint;
  const whole = replies[200];
  if (handle === undefined || method !== 'GET' || whole?.schema === undefined) return endpoint;
  if (whole.contentType !== undefined) return endpoint;
  return {
    ...endpoint,
    conditional: true,
    replies: {
      304: NOT_MODIFIED_DIGEST,
      ...replies,
      200: { ...whole, headers: { ...DIGESTED, ...whole.headers } },
    },
    async handle(call, caller) {
      const outcome = await handle(call, caller);
      return 'rejection' in outcome ? outcome : underTag(outcome, call.ifNoneMatch);
    },
  };
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): TextReply {
  return { status, body: JSON.stringify(body), headers };
}
