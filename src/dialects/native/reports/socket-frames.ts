import type { Adjustment } from '../../../domain/base/adjustment';
import { isObject, type Json, type JsonObject } from '../../../domain/base/json';
import { type Rejection, reject } from '../../../domain/base/rejection';
import { socketText } from '../../../http/client-socket';
import { BODY_LIMIT } from '../../../http/endpoint';
import { checkJson, isOver, parseJson } from '../../../http/parse-body';
import { BATCH_BYTES } from './report-bodies';

/** A frame that a client sends: reports, or one that is answered at once; null where it wants no answer. */
export type ClientFrame =
  | { json: JsonObject; text: string; adjusted: readonly Adjustment[] }
  | { answer: string | null };

/** Reads a frame. A bad one gets an error, and the socket lives. */
export function readFrame(data: unknown): ClientFrame {
  if (typeof data !== 'string') {
    return refused(reject('unsupported_media_type', 'A frame must be text: a JSON object.'));
  }
  if (isOver(data, BATCH_BYTES)) return refused(tooLarge(BATCH_BYTES));
  const parsed = parseJson(data, 'frame');
  if ('code' in parsed) return refused(parsed);
  const { json, adjusted } = parsed;
  if (isObject(json) && holdsReports(json)) return { json, text: data, adjusted };
  if (isOver(data, BODY_LIMIT)) return refused(tooLarge(BODY_LIMIT));
  const bad = checkJson(json);
  if (bad !== null) return refused({ code: bad.code, detail: bad.detail });
  return { answer: answerTo(isObject(json) ? json.type : undefined) };
}

/** Whether a frame is one of reports: one of another type than a ping or a pong is, where it brings any. */
function holdsReports({ type = null, report = null, reports = null }: JsonObject): boolean {
  if (type === null) return true;
  return type !== 'ping' && type !== 'pong' && (report !== null || reports !== null);
}

/** An error that belongs to no frame that can be named. */
export function errorFrame({ code, detail, errors }: Rejection): string {
  return socketText('error', JSON.stringify({ code, detail, ...(errors === undefined ? {} : { errors }) }));
}

function answerTo(type: Json | undefined): string | null {
  switch (type) {
    case 'ping':
      return socketText('pong');
    case 'pong':
      return null;
    default:
      return errorFrame(
        reject(
          'validation_failed',
          'A frame must be {"id", "key"?, "report" or "reports"}, or {"type": "ping"}.',
        ),
      );
  }
}

function refused(rejection: Rejection): ClientFrame {
  return { answer: errorFrame(rejection) };
}

function tooLarge(limit: number): Rejection {
  return reject('body_too_large', `The frame is over ${limit} bytes.`);
}
