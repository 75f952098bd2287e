import type { Adjustment } from '../../../domain/base/adjustment';
import { isIdempotencyKey } from '../../../domain/base/idempotency-key';
import { byteLength, type Json, type JsonObject } from '../../../domain/base/json';
import { invalidField, type Rejection, reject } from '../../../domain/base/rejection';
import { holdsEnd } from '../../../domain/door/ends';
import type { Told } from '../../../domain/door/told';
import { isGiven } from '../../../domain/job/command';
import { BODY_LIMIT, type BodyInput } from '../../../http/endpoint';
import { MOST_ERRORS, refuseBody, unknownField } from '../../../http/field-errors';
import { memberText } from '../../../http/json-members';
import { isOver } from '../../../http/parse-body';
import type { RequestKey } from '../../../services/jobs/request-key';
import type { FrameUnit } from '../../../services/watching/report-channel';
import { takeBatch, takeReport } from './read-reports';

/** What a client knows a frame by. */
export type FrameId = string | number;

const FIELDS = ['id', 'key', 'report', 'reports'];
const REPORT = 'report.';
const ID_LENGTH = 255;
const encoder = new TextEncoder();

/** The id of a report's frame, or why nothing can be answered to it. */
export function readId({ id }: JsonObject): FrameId | Rejection {
  if (Number.isSafeInteger(id)) return id as number;
  if (typeof id === 'string' && id.length <= ID_LENGTH) return id;
  return invalidField('id', `must be an integer, or a string of at most ${ID_LENGTH} characters`);
}

/**
 * The reports of a frame `{id, key?, report}` or `{id, key?, reports}`, held to what holds for the body that they are
 * on their routes. `text` is what `frame` was read from.
 */
export function readReports(
  text: string,
  frame: JsonObject,
  adjusted: BodyInput['adjusted'],
  jobId: string,
): (FrameUnit & { told: Told }) | Rejection {
  const batch = isGiven(frame.reports);
  const json = batch ? { reports: frame.reports as Json } : (frame.report as Json);
  const key = readKey(text, frame.key ?? null, batch ? 'reports' : 'report', json);
  if (key !== null && 'code' in key) return key;
  const names = Object.keys(frame).filter((name) => !FIELDS.includes(name));
  // Beside an end no field of the frame refuses it.
  const unknown = names.slice(0, MOST_ERRORS).map((name) => unknownField(name, FIELDS));
  if (unknown.length > 0 && !holdsEnd(json ?? null)) return refuseBody(unknown);
  if (batch === isGiven(frame.report))
    return invalidField('report', 'or reports must be there, and not both');
  const within = batch ? adjusted : withinReport(adjusted);
  const input = { json, adjusted: within, bytes: bytesOf(text), params: {} };
  const taken = batch ? takeBatch(input, jobId) : takeReport(input, jobId);
  if ('code' in taken) return taken;
  const { adjusted: told, ignored } = taken.told;
  return { reports: taken.body, batch, key, told: { adjusted: told, ignored: [...unknown, ...ignored] } };
}

/** What was adjusted of the report that a frame holds, as seen from there; its own keys are the report as a whole. */
function withinReport(adjusted: BodyInput['adjusted']): Adjustment[] {
  return adjusted.flatMap(({ path, reason }) => {
    if (path === 'report') return [{ path: '', reason }];
    return path.startsWith(REPORT) ? [{ path: path.slice(REPORT.length), reason }] : [];
  });
}

/** The bytes of a frame's report as it stands there; a frame within the limit is not looked into. */
function bytesOf(text: string): number {
  return isOver(text, BODY_LIMIT) ? byteLength(memberText(text, 'report')?.value ?? '') : text.length;
}

/** The key with the body that it came on: the text of the report, or `{"reports": …}`, as it stands in the frame. */
function readKey(
  text: string,
  key: Json,
  name: 'report' | 'reports',
  json: Json,
): RequestKey | Rejection | null {
  if (key === null) return null;
  if (typeof key !== 'string' || !isIdempotencyKey(key)) {
    return reject('invalid_request', 'key must be 1 to 255 printable ASCII characters.');
  }
  const body = memberText(text, name);
  return { key, raw: encoder.encode(name === 'report' ? body?.value : `{${body?.member}}`), json };
}
