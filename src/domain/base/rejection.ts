/** Why a request was refused, as a value: it travels through RPC unharmed. The codes are those of behaviour §5. */
export type RejectionCode =
  | 'malformed_json'
  | 'invalid_cursor'
  | 'invalid_request'
  | 'unauthenticated'
  | 'permission_denied'
  | 'organization_mismatch'
  | 'origin_not_allowed'
  | 'organization_suspended'
  | 'job_not_found'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'job_terminal'
  | 'stale_sequence'
  | 'job_not_terminal'
  | 'nothing_failed'
  | 'too_many_failed'
  | 'organization_exists'
  | 'cursor_expired'
  | 'webhook_disabled'
  | 'webhook_unanswered'
  | 'quota_exceeded'
  | 'body_too_large'
  | 'metadata_too_large'
  | 'result_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'idempotency_conflict'
  | 'rate_limited'
  | 'overloaded'
  | 'unavailable'
  | 'internal';

export interface FieldError {
  /** Where, as a dotted path (`reports.36.total_items`). */
  path: string;
  /** What was wrong there and what would be right. */
  message: string;
}

/**
 * Where a caller stands with a limited rate: what the fields `RateLimit-Policy` and `RateLimit` say. Times in whole
 * seconds. Source: draft-ietf-httpapi-ratelimit-headers-10.
 */
export interface RateState {
  /** Of the limit, as the fields name it. */
  name: string;
  /** So many in a `window`. */
  quota: number;
  window: number;
  /** How many more may come, and in how long there are more of them. */
  left: number;
  reset: number;
}

export interface Rejection {
  readonly code: RejectionCode;
  /** What was wrong with this request, for a person. */
  readonly detail: string;
  readonly errors?: FieldError[];
  /** Of a `stale_sequence`: the reporter's last applied one. */
  readonly last_sequence?: number;
  /** Of a `rate_limited`: the limit, and when there is more. */
  readonly rate?: RateState;
}

export function reject(code: RejectionCode, detail: string, errors?: FieldError[]): Rejection {
  return errors === undefined ? { code, detail } : { code, detail, errors };
}

/** What the same request may not be refused with later. */
const FOR_NOW: ReadonlySet<RejectionCode> = new Set([
  'rate_limited',
  'overloaded',
  'unavailable',
  'internal',
]);

/** Whether the same may be taken later, though nothing about it changes. */
export function isForNow({ code }: Rejection): boolean {
  return FOR_NOW.has(code);
}

/** A refusal of one field's value. */
export function invalidField(path: string, message: string): Rejection {
  return reject('validation_failed', `${path} ${message}.`, [{ path, message }]);
}
