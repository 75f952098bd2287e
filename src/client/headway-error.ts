import type { Control, FieldError } from './types.ts';

/** What the service says of a refusal, beside what stands in the error itself. */
export interface Refusal {
  status?: number;
  code?: string;
  detail?: string;
  request_id?: string;
  errors?: FieldError[];
  last_sequence?: number;
  job_status?: string;
  control?: Control;
  oldest_cursor?: string;
  oldest_at?: string | null;
}

/**
 * Why a call failed. `code` is the service’s own word for a refusal (docs/retries.md), or one of the client’s: `network`,
 * `timeout`, `unexpected` for an answer that no Headway gives, `stopped` for a reporter that was refused before.
 */
export class HeadwayError extends Error {
  override readonly name = 'HeadwayError';
  declare readonly code: string;
  /** Of HTTP; 0 where there was no answer. */
  declare readonly status: number;
  /** What the operator finds the request by; null where there was no answer. */
  declare readonly requestId: string | null;
  /** Which fields were wrong, and what would be right. */
  declare readonly errors: readonly FieldError[];
  /** All that the service said. */
  declare readonly refusal: Refusal;
  /** Whether the same request may be answered otherwise later. */
  declare readonly passing: boolean;
  /** How long the service asks to wait (ms); null where it doesn’t say. */
  declare readonly retryAfter: number | null;

  constructor(
    code: string,
    message: string,
    about: Omit<Partial<HeadwayError>, 'code' | 'message' | 'name'> = {},
  ) {
    super(message, about);
    Object.assign(this, {
      ...{ code, status: 0, requestId: null, errors: [], refusal: {}, passing: false, retryAfter: null },
      ...about,
    });
  }
}

/** Whether the service may be there later: it was not reached, or what answered in its place was no Headway. */
export function isAway({ passing, code }: HeadwayError): boolean {
  return passing || code === 'unexpected';
}

/** Whether what a worker says may be taken later: so long it is kept. A suspended organization may be resumed. */
export function mayBeTaken(error: HeadwayError): boolean {
  return error.code === 'organization_suspended' || isAway(error);
}

/** The error that an answer is; its body is read. */
export async function errorOf(response: Response, now: number): Promise<HeadwayError> {
  const { status, headers } = response;
  const text = await response.text();
  const refusal = (jsonOf(text) ?? {}) as Refusal;
  const { detail, errors = [], request_id } = refusal;
  // Others write numbers there.
  const code =
    typeof refusal.code === 'string' ? refusal.code : status === 429 ? 'rate_limited' : 'unexpected';
  return new HeadwayError(code, `${status} ${detail ?? (text.slice(0, 200) || code)}`, {
    ...{ status, errors, refusal, passing: [408, 429].includes(status) || status >= 500 },
    requestId: request_id ?? headers.get('X-Request-Id'),
    retryAfter: waitOf(headers.get('Retry-After'), now),
  });
}

/** What is JSON; undefined for what is none: what stands before the service, a proxy say, answers in pages of its own. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After` in ms: it comes in seconds, or as a date. */
function waitOf(text: string | null, now: number): number | null {
  if (!text?.trim()) return null;
  const wait = Number.isNaN(Number(text)) ? Date.parse(text) - now : Number(text) * 1_000;
  return Number.isNaN(wait) ? null : Math.max(wait, 0);
}
