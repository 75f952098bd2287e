import type { Adjustment } from '../../../domain/base/adjustment';
import { isIdempotencyKey } from '../../../domain/base/idempotency-key';
import { byteLength, isObject, type Json, type JsonObject } from '../../../domain/base/json';
import { type FieldError, invalidField, type Rejection, reject } from '../../../domain/base/rejection';
import { holdsEnd } from '../../../domain/door/ends';
import type { Told } from '../../../domain/door/told';
import { isGiven, markOf } from '../../../domain/job/command';
import { BODY_LIMIT, type BodyInput } from '../../../http/endpoint';
import { MOST_ERRORS, refuseBody, unknownField } from '../../../http/field-errors';
import { memberText } from '../../../http/json-members';
import { isOver } from '../../../http/parse-body';
import type { RequestKey } from '../../../services/jobs/request-key';
import type { FrameUnit } from '../../../services/watching/report-channel';
import { incomplete } from '../../take-one';
import { takeBatch, takeReport } from './read-reports';

/** What a client knows a frame by. */
export type FrameId = string | number;

/** Where a frame holds one report, or a batch. */
type FramePart = 'report' | 'reports';
const OTHER = { report: 'reports', reports: 'report' } as const;
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
 * on their routes. Beside an end nothing else in the frame refuses it. `text` is what `frame` was read from.
 */
export function readReports(
  text: string,
  frame: JsonObject,
  adjusted: BodyInput['adjusted'],
  jobId: string,
): (FrameUnit & { told: Told }) | Rejection {
  const name = partOf(frame);
  const batch = name === 'reports';
  const json = bodyOf(frame, name);
  const key = readKey(text, frame.key ?? null, name, json);
  if (key !== null && 'code' in key) return key;
  const left = leftOut(frame, name);
  if (left.length > 0 && !holdsEnd(json)) return refuseBody(left);
  if (!isGiven(frame[name])) return invalidField('report', 'or reports must be there');
  const within = batch ? adjusted : withinReport(adjusted);
  const input = { json, adjusted: within, bytes: bytesOf(text), params: {} };
  const taken = batch ? takeBatch(input, jobId) : takeReport(input, jobId);
  if ('code' in taken) return taken;
  const lost = left.filter(({ path }) => path === OTHER[name] && !isEmpty(frame[path]));
  const ending = taken.body.find(({ report }) => markOf(report) !== null);
  if (lost.length > 0 && ending !== undefined) ending.report = incomplete(ending.report, lost, jobId);
  const { adjusted: told, ignored } = taken.told;
  return { reports: taken.body, batch, key, told: { adjusted: told, ignored: [...left, ...ignored] } };
}

/** The part of a frame that is taken: of both, the one that holds an end. */
function partOf(frame: JsonObject): FramePart {
  if (!isGiven(frame.reports)) return 'report';
  return holdsEnd(bodyOf(frame, 'report')) && !holdsEnd(bodyOf(frame, 'reports')) ? 'report' : 'reports';
}

function bodyOf({ report = null, reports = null }: JsonObject, name: FramePart): Json {
  return name === 'reports' ? { reports } : report;
}

/** What of a frame has no place beside the part that is taken. */
function leftOut(frame: JsonObject, name: FramePart): FieldError[] {
  const names = Object.keys(frame).filter((field) => !FIELDS.includes(field));
  const unknown = names.filter((field) => field !== 'type' || isGiven(frame.type));
  const other = OTHER[name];
  const both = isGiven(frame[other]) ? [{ path: other, message: `must not come with ${name}` }] : [];
  return [
    ...both,
    ...unknown.slice(0, MOST_ERRORS - both.length).map((field) => unknownField(field, FIELDS)),
  ];
}

function isEmpty(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
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
function readKey(text: string, key: Json, name: FramePart, json: Json): RequestKey | Rejection | null {
  if (key === null) return null;
  if (typeof key !== 'string' || !isIdempotencyKey(key)) {
    return reject('invalid_request', 'key must be 1 to 255 printable ASCII characters.');
  }
  const body = memberText(text, name);
  return { key, raw: encoder.encode(name === 'report' ? body?.value : `{${body?.member}}`), json };
}
