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
  | 'too_many_webhooks'
  | 'too_many_hooks'
  | 'quota_exceeded'
  | 'body_too_large'
  | 'metadata_too_large'
  | 'result_too_large'
  | 'unsupported_media_type'
  | 'validation_failed'
  | 'idempotency_conflict'
  | 'overloaded'
  | 'unavailable'
  | 'internal';

export interface FieldError {
  /** Where, as a dotted path (`reports.36.total_items`). */
  path: string;
  /** What was wrong there and what would be right. */
  message: string;
}

export interface Rejection {
  readonly code: RejectionCode;
  /** What was wrong with this request, for a person. */
  readonly detail: string;
  readonly errors?: FieldError[];
  /** Of a `stale_sequence`: the reporter's last applied one. */
  readonly last_sequence?: number;
}

export function reject(code: RejectionCode, detail: string, errors?: FieldError[]): Rejection {
  return errors === undefined ? { code, detail } : { code, detail, errors };
}

/** A refusal of one field's value. */
export function invalidField(path: string, message: string): Rejection {
  return reject('validation_failed', `${path} ${message}.`, [{ path, message }]);
}
