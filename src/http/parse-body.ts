import type { Adjustment } from '../domain/base/adjustment';
import { byteLength, type Json } from '../domain/base/json';
import { readJsonText } from '../domain/base/json-text';
import { type Rejection, reject } from '../domain/base/rejection';
import { decodeBody } from './decode-body';
import { findBadValue } from './json-limits';
import type { RawBody } from './read-body';

/**
 * Checks what keeps a body from being read at all: a rejection, or null. A body of any type is read, unless it came with an
 * `ambient` credential: a form on any page sends a few types unasked, and JSON is none of them.
 */
export function checkMediaType(headers: Headers, body: RawBody, ambient: boolean): Rejection | null {
  const encoded = refuseEncoding(headers);
  if (encoded !== null) return encoded;
  if (!ambient || body.byteLength === 0 || isJson(headers.get('Content-Type') ?? '')) return null;
  return reject('unsupported_media_type', 'With a cookie, send the body as application/json.');
}

/** The refusal of a body that came encoded; null where it did not. */
export function refuseEncoding(headers: Headers): Rejection | null {
  return headers.has('Content-Encoding')
    ? reject('unsupported_media_type', 'Send the body without a Content-Encoding.')
    : null;
}

function isJson(contentType: string): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

/** A body that was read, and what of it is not as it came. */
export interface ParsedBody {
  json: Json;
  adjusted: readonly Adjustment[];
}

const AS_IT_CAME: readonly Adjustment[] = [];

/** The body as a JSON value with the digits it came with. Where `optional`, an empty one is `{}`. */
export function parseBody(
  body: RawBody,
  contentType: string | null,
  optional: boolean,
): ParsedBody | Rejection {
  if (body.byteLength === 0 && optional) return { json: {}, adjusted: AS_IT_CAME };
  if (body.byteLength === 0) return reject('malformed_json', 'The body is empty; send a JSON object.');
  const decoded = decodeBody(body, contentType);
  if ('code' in decoded) return decoded;
  const parsed = parseJson(decoded.text, 'body');
  if ('code' in parsed || !decoded.repaired) return parsed;
  return { json: parsed.json, adjusted: [{ path: '', reason: 'repaired' }, ...parsed.adjusted] };
}

/** A text as a JSON value; `what` it is (a body, a frame of a socket, a field of a form) is said where it is none. */
export function parseJson(text: string, what: string): ParsedBody | Rejection {
  try {
    const { value, adjusted } = readJsonText(text);
    return { json: value, adjusted };
  } catch (cause) {
    return reject('malformed_json', `The ${what} is not JSON: ${(cause as Error).message}`);
  }
}

/** Whether `text` has more than `limit` bytes. */
export function isOver(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && byteLength(text) > limit);
}

/** The refusal of a JSON value that is too deep, too wide, or holds what JSON should not; null where it is sound. */
export function checkJson(json: Json): Rejection | null {
  const bad = findBadValue(json);
  return bad === null
    ? null
    : reject('validation_failed', `${bad.path || 'The body'} ${bad.message}.`, [bad]);
}
