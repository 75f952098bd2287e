import { isIdempotencyKey } from '../../../domain/base/idempotency-key';
import type { Json, JsonObject } from '../../../domain/base/json';
import { type FieldError, invalidField, type Rejection, reject } from '../../../domain/base/rejection';
import { isGiven, reportSchema } from '../../../domain/job/command';
import { MOST_ERRORS, rejectFields, unknownField } from '../../../http/field-errors';
import { memberText } from '../../../http/json-members';
import { parseInput } from '../../../http/parse-input';
import { checkJson } from '../../../http/read-body';
import type { RequestKey } from '../../../services/jobs/request-key';
import type { FrameUnit } from '../../../services/watching/report-channel';
import { checkReport } from '../../report-limits';
import { batchSchema } from './report-bodies';

/** What a client knows a frame by. */
export type FrameId = string | number;

const FIELDS = ['id', 'key', 'report', 'reports'];
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
export function readReports(text: string, frame: JsonObject): FrameUnit | Rejection {
  const batch = isGiven(frame.reports);
  const key = readKey(text, frame.key ?? null, batch ? 'reports' : 'report');
  if (key !== null && 'code' in key) return key;
  const unknown = Object.keys(frame).filter((name) => !FIELDS.includes(name));
  if (unknown.length > 0)
    return refusal(unknown.slice(0, MOST_ERRORS).map((name) => unknownField(name, FIELDS)));
  if (batch === isGiven(frame.report))
    return invalidField('report', 'or reports must be there, and not both');
  return batch ? readBatch({ reports: frame.reports as Json }, key) : readOne(frame.report as Json, key);
}

function readOne(body: Json, key: RequestKey | null): FrameUnit | Rejection {
  const bad = checkJson(body);
  if (bad !== null) return bad;
  const read = parseInput(reportSchema, body);
  if (!read.ok) return refusal(read.errors);
  return checkReport(body) ?? { reports: [{ report: read.data, raw: body }], batch: false, key };
}

function readBatch(body: JsonObject, key: RequestKey | null): FrameUnit | Rejection {
  const bad = checkJson(body);
  if (bad !== null) return bad;
  const read = parseInput(batchSchema, body);
  if (!read.ok) return refusal(read.errors);
  const raws = body.reports as Json[];
  const tooLarge = raws.map((raw, index) => checkReport(raw, `reports.${index}`)).find((one) => one !== null);
  const reports = read.data.reports.map((report, index) => ({ report, raw: raws[index] ?? null }));
  return tooLarge ?? { reports, batch: true, key };
}

/** The key with the body that it came on: the text of the report, or `{"reports": …}`, as it stands in the frame. */
function readKey(text: string, key: Json, name: 'report' | 'reports'): RequestKey | Rejection | null {
  if (key === null) return null;
  if (typeof key !== 'string' || !isIdempotencyKey(key)) {
    return reject('invalid_request', 'key must be 1 to 255 printable ASCII characters.');
  }
  const body = memberText(text, name);
  return { key, raw: encoder.encode(name === 'report' ? body?.value : `{${body?.member}}`) };
}

function refusal(errors: FieldError[]): Rejection {
  return rejectFields(errors) ?? reject('validation_failed', 'The frame is not as it should be.');
}
