import { isObject, isRaw, type Json, type JsonObject } from '../base/json';
import { has, type Reading, readFlag } from './reading';

/** What is said of a failure whose worker gave no reason: `str(AssertionError())` is an empty text. */
const NO_REASON = 'The worker gave no reason.';

/** Whether a report ends its job, as its fields came. Source: behaviour §2, "An end". */
export function isEnd(report: Json): boolean {
  return isObject(report) && (readFlag(report.mark_completed ?? null) === true || isFailure(report));
}

/** Whether a body does: that of a report, or of a batch in which one does. */
export function holdsEnd(body: Json): boolean {
  return isObject(body) && Array.isArray(body.reports) ? body.reports.some(isEnd) : isEnd(body);
}

function isFailure(report: JsonObject): boolean {
  const mark = has(report, 'mark_failed') ? (report.mark_failed as Json) : null;
  if (mark === null || mark === false || isZero(mark)) return false;
  // A client that sends all its fields sends an empty text where nothing has failed.
  return mark !== '' || !Object.hasOwn(report, 'mark_completed');
}

/** The text of a `mark_failed` that is a failure, null where it is none. */
function failureOf(report: JsonObject): string | null {
  if (!isFailure(report)) return null;
  const mark = report.mark_failed as Json;
  if (mark === true || mark === '') return NO_REASON;
  return typeof mark === 'string' ? mark : JSON.stringify(mark);
}

/** Reads the marks of a report into `read`: booleans as programs write them, and one end of two. */
export function readMarks(
  report: JsonObject,
  read: JsonObject,
  path: (field: string) => string,
  reading: Reading,
) {
  for (const field of ['mark_started', 'mark_completed']) {
    if (Object.hasOwn(report, field)) read[field] = reading.flag(report[field] ?? null, path(field));
  }
  if (!Object.hasOwn(report, 'mark_failed')) return;
  const failure = failureOf(report);
  if (failure !== report.mark_failed && report.mark_failed !== null)
    reading.adjust(path('mark_failed'), 'converted');
  read.mark_failed = failure === null ? null : reading.long(failure, path('mark_failed'));
  if (failure === null || read.mark_completed !== true) return;
  read.mark_completed = null;
  reading.ignore(path('mark_completed'), 'came with mark_failed: a job ends one way, and it has failed');
}

function isZero(mark: Json): boolean {
  return mark === 0 || (isRaw(mark) && Number(mark.rawJSON) === 0);
}
