import { rateFields } from '../domain/access/rate';
import type { Rejection, RejectionCode } from '../domain/base/rejection';
import type { Dress } from './answer-headers';

/** The one table from refusal to HTTP. Source: behaviour §5. */
export const PROBLEMS: Record<
  RejectionCode,
  { status: number; title: string; headers?: Record<string, string> }
> = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of this list' },
  invalid_request: { status: 400, title: 'A header is malformed' },
  unauthenticated: { status: 401, title: 'No valid credential', headers: { 'WWW-Authenticate': 'Bearer' } },
  permission_denied: { status: 403, title: 'The key lacks a permission' },
  organization_mismatch: { status: 403, title: 'The organization is not the caller’s' },
  origin_not_allowed: { status: 403, title: 'The page is not one of this service' },
  organization_suspended: {
    ...{ status: 403, title: 'The organization is suspended' },
    headers: { 'Retry-After': '60' },
  },
  job_not_found: { status: 404, title: 'No such job' },
  not_found: { status: 404, title: 'Nothing here' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The body did not come' },
  job_terminal: { status: 409, title: 'The job has ended' },
  stale_sequence: { status: 409, title: 'The sequence is below the reporter’s last' },
  job_not_terminal: { status: 409, title: 'The job has not ended' },
  nothing_failed: { status: 409, title: 'No failed entity is known' },
  too_many_failed: { status: 409, title: 'More entities failed than are tracked' },
  organization_exists: { status: 409, title: 'The organization exists' },
  cursor_expired: { status: 410, title: 'What came after this cursor is gone' },
  webhook_disabled: { status: 409, title: 'The endpoint is disabled' },
  webhook_unanswered: { status: 409, title: 'The endpoint has yet to answer its test' },
  quota_exceeded: { status: 409, title: 'The organization has as much as it may have' },
  body_too_large: { status: 413, title: 'The body is too large' },
  metadata_too_large: { status: 413, title: 'The metadata is too large' },
  result_too_large: { status: 413, title: 'The result is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be plain JSON' },
  validation_failed: { status: 422, title: 'A field is not as it should be' },
  idempotency_conflict: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  rate_limited: { status: 429, title: 'Too much in too short a time' },
  overloaded: { status: 503, title: 'Too busy', headers: { 'Retry-After': '1' } },
  unavailable: { status: 503, title: 'Not available right now', headers: { 'Retry-After': '5' } },
  internal: { status: 500, title: 'Something broke on our side' },
};

/** A refusal on its way out, with what else the surface's error shape is to carry. */
export interface Refused {
  rejection: Rejection;
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** How one published surface writes its errors. */
export interface ErrorShape {
  contentType: string;
  write(refused: Refused, requestId: string): string;
}

/** RFC 9457, with `code`, `request_id` and, for bad fields, `errors`. Surfaces A and C, and all that is neither. */
export const PROBLEM_JSON: ErrorShape = {
  contentType: 'application/problem+json',
  write({ rejection, extra }, requestId) {
    const { code, detail, errors, last_sequence } = rejection;
    const { status, title } = PROBLEMS[code];
    return JSON.stringify({
      type: 'about:blank',
      title,
      status,
      detail,
      code,
      request_id: requestId,
      ...(errors === undefined ? {} : { errors }),
      ...(last_sequence === undefined ? {} : { last_sequence }),
      ...extra,
    });
  },
};

/** What a refusal says in headers, wherever it comes from. */
export function refusalHeaders({ code, rate }: Rejection): Record<string, string> {
  return { ...PROBLEMS[code].headers, ...(rate === undefined ? {} : rateFields(rate)) };
}

export function refusalResponse(
  refused: Refused,
  shape: ErrorShape,
  requestId: string,
  dress: Dress,
): Response {
  const { status } = PROBLEMS[refused.rejection.code];
  return new Response(shape.write(refused, requestId), {
    status,
    headers: dress({
      'Content-Type': shape.contentType,
      ...refusalHeaders(refused.rejection),
      ...refused.headers,
    }),
  });
}
