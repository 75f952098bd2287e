import { byteLength, type Json } from '../domain/base/json';
import { type Rejection, reject } from '../domain/base/rejection';
import { findBadValue } from './json-limits';

/** A request's body as it came, before it is parsed. */
export type RawBody = Uint8Array;

/** Reads at most `maxBytes` of the body, or says that it is larger. */
export async function readBody(request: Request, maxBytes: number): Promise<RawBody | Rejection> {
  const declared = request.headers.get('Content-Length');
  if (Number(declared ?? 0) > maxBytes) return tooLarge(maxBytes);
  try {
    // A declared length is one that the runtime holds the sender to: such a body is read in one piece.
    if (declared !== null) return new Uint8Array(await request.arrayBuffer());
    return await readChunks(request, maxBytes);
  } catch {
    return reject('invalid_request', 'The body broke off.');
  }
}

async function readChunks(request: Request, maxBytes: number): Promise<RawBody | Rejection> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(maxBytes: number): Rejection {
  return reject('body_too_large', `The body is over ${maxBytes} bytes.`);
}

/** JSON as Headway's own callers declare it. */
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;
/** JSON as partners declare it: `application/cloudevents+json` and the like, with any parameters. */
export const ANY_JSON_TYPE = /^(?:application\/(?:[\w.-]+\+)?json|text\/json)\s*(?:;.*)?$/i;

/** Says what is wrong with the declared type of a body, or null. An empty body needs none, a text may have any. */
export function checkMediaType(
  headers: Headers,
  body: RawBody,
  isText: boolean,
  right = JSON_TYPE,
): Rejection | null {
  if (headers.has('Content-Encoding')) {
    return reject('unsupported_media_type', 'Send the body without a Content-Encoding.');
  }
  if (body.byteLength === 0 || isText) return null;
  const type = headers.get('Content-Type') ?? '';
  if (right.test(type)) return null;
  const sent = type === '' ? 'no Content-Type' : `Content-Type ${type}`;
  return reject('unsupported_media_type', `The request has ${sent}; it must be application/json, in UTF-8.`);
}

/** The body as plain text. What can't be read is replaced, never refused: it may say why a job failed. */
export function parseText(body: RawBody): { json: Json } {
  return { json: new TextDecoder().decode(body) };
}

/** The body as a JSON value within the input limits. Where `optional`, an empty one is `{}`. */
export function parseBody(body: RawBody, optional: boolean): { json: Json } | Rejection {
  if (body.byteLength === 0) {
    return optional ? { json: {} } : reject('malformed_json', 'The body is empty; send a JSON object.');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
    return { json: JSON.parse(text) as Json };
  } catch (cause) {
    return reject('malformed_json', `The body is not JSON in UTF-8: ${(cause as Error).message}`);
  }
}

/** A message of a socket as a JSON value. */
export function parseMessage(text: string): { json: Json } | Rejection {
  try {
    return { json: JSON.parse(text) as Json };
  } catch (cause) {
    return reject('malformed_json', `The frame is not JSON: ${(cause as Error).message}`);
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
