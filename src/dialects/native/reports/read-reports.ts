import { under } from '../../../domain/base/adjustment';
import { isObject, type Json } from '../../../domain/base/json';
import type { FieldError, Rejection } from '../../../domain/base/rejection';
import { isEnd } from '../../../domain/door/ends';
import { ENTRIES_LIMIT, readReport } from '../../../domain/door/read-report';
import { Reading } from '../../../domain/door/reading';
import { isGiven, type Report, reportSchema } from '../../../domain/job/command';
import { BODY_LIMIT, type BodyInput, type TakenBody } from '../../../http/endpoint';
import { fieldErrors, MOST_ERRORS, REPORTED, refuseBody } from '../../../http/field-errors';
import { tooLarge } from '../../../http/read-body';
import { type Parsed, takeBody } from '../../../http/take-body';
import { withinLimits } from '../../../http/within-limits';
import type { ReadReport } from '../../../services/jobs/report-unit';
import { checkReport, checkResult } from '../../report-limits';
import { batchOutside, batchSchema } from './report-bodies';

/** The reports of a body or of a frame, and what of them was not taken as it came. */
export type TakenReports = TakenBody<ReadReport[]>;

const LISTS = ['errors', 'warnings', 'logs'];
const INCOMPLETE = /^(?:failed|warned)_(?:items|delta)$/;

/** Takes the body of a report on the job that `jobKey` names. */
export function takeReport({ json, adjusted, bytes }: BodyInput, jobKey: string): TakenReports | Rejection {
  const reading = new Reading(isEnd(json));
  if (bytes > BODY_LIMIT && !reading.ends) return tooLarge(BODY_LIMIT);
  const taken = takeOne(json, reading, '', jobKey);
  if (!taken.ok) return refuseBody(taken.errors);
  const { ends } = reading;
  const large = ends ? null : checkResult(json);
  return large ?? { body: [taken.data], told: reading.told(adjusted), ends };
}

/** Takes the body of a batch: all of it or none, but where it holds an end what can be taken. */
export function takeBatch({ json, adjusted }: BodyInput, jobKey: string): TakenReports | Rejection {
  const given = isObject(json) && Array.isArray(json.reports) ? json.reports : [];
  const reading = new Reading(given.some(isEnd));
  const whole = batchOutside.safeParse(
    isObject(json) ? reading.known(json, ['reports'], '') : json,
    REPORTED,
  );
  if (!whole.success) return refuseBody(fieldErrors(batchSchema, whole.error));
  const reports: ReadReport[] = [];
  const errors: FieldError[] = [];
  for (const [index, report] of given.entries()) {
    const place = `reports.${index}`;
    const taken = takeOne(report, reading, place, jobKey);
    const large = taken.ok && !reading.ends ? checkReport(report, place) : null;
    if (large !== null) return large;
    if (taken.ok) reports.push(taken.data);
    else errors.push(...taken.errors);
    if (errors.length >= MOST_ERRORS) break;
  }
  if (errors.length > 0) return refuseBody(errors.slice(0, MOST_ERRORS));
  return { body: reports, told: reading.told(adjusted), ends: reading.ends };
}

/**
 * One report. A failed or warned counter that had to be ignored leaves a warning, so that no outcome gets better by a
 * mistake of form; a report of which nothing was left is marked as one.
 */
function takeOne(raw: Json, reading: Reading, place: string, jobKey: string): Parsed<ReadReport> {
  const before = reading.ignored.length;
  const long = reading.ends ? [] : longLists(raw, place);
  if (long.length > 0) return { ok: false, errors: long };
  const limited = withinLimits(raw, reading, place);
  if (!limited.ok) return limited;
  const value = readReport(limited.data, place, reading, jobKey);
  const taken = takeBody(reportSchema, value, reading, place);
  if (!taken.ok) return taken;
  const ignored = reading.ignored.slice(before);
  const lost = ignored.filter(({ path }) =>
    INCOMPLETE.test(place === '' ? path : path.slice(place.length + 1)),
  );
  const report: Report = { ...taken.data };
  if (lost.length > 0) {
    report.warnings = [...(report.warnings ?? []), ...lost.map((one) => incomplete(one, jobKey))];
  }
  const nothing = ignored.length > 0 && !Object.values(report).some(isGiven);
  const read = { report, raw: limited.data };
  return { ok: true, data: nothing ? { ...read, nothing } : read };
}

/** The refusals of lists with too many entries, which nobody looks into: each would be refused for all it lacks. */
function longLists(report: Json, place: string): FieldError[] {
  if (!isObject(report)) return [];
  const isLong = (list: Json | undefined) => Array.isArray(list) && list.length > ENTRIES_LIMIT;
  return LISTS.filter((field) => isLong(report[field])).map((field) => ({
    path: under(place, field),
    message: `must have at most ${ENTRIES_LIMIT} items`,
  }));
}

function incomplete({ path, message }: FieldError, jobKey: string) {
  const about = { entity_type: 'job', entity_key: jobKey, error_type: 'report_incomplete' };
  return { ...about, message: `${path} ${message}` };
}
