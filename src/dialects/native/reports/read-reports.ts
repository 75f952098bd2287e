import { isObject, type Json } from '../../../domain/base/json';
import type { FieldError, Rejection } from '../../../domain/base/rejection';
import { isEnd } from '../../../domain/door/ends';
import { Reading } from '../../../domain/door/reading';
import { BODY_LIMIT, type BodyInput, type TakenBody } from '../../../http/endpoint';
import { fieldErrors, MOST_ERRORS, REPORTED, refuseBody } from '../../../http/field-errors';
import { tooLarge } from '../../../http/read-body';
import type { ReadReport } from '../../../services/jobs/report-unit';
import { checkReport, checkResult } from '../../report-limits';
import { incomplete, takeOne } from '../../take-one';
import { BATCH_REPORTS, batchOutside, batchSchema } from './report-bodies';

/** The reports of a body or of a frame, and what of them was not taken as it came. */
export type TakenReports = TakenBody<ReadReport[]>;

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
  const all = isObject(json) && Array.isArray(json.reports) ? json.reports : [];
  const reading = new Reading(all.some(isEnd));
  const outside = isObject(json) ? reading.known(json, ['reports'], '') : json;
  const whole = reading.ends ? null : batchOutside.safeParse(outside, REPORTED);
  if (whole?.success === false) return refuseBody(fieldErrors(batchSchema, whole.error));
  const { given, lost } = reading.ends ? withinReach(all, reading) : { given: all, lost: [] };
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
  const last = reports.at(-1);
  if (lost.length > 0 && last !== undefined) last.report = incomplete(last.report, lost, jobKey);
  return { body: reports, told: reading.told(adjusted), ends: reading.ends };
}

/**
 * What is taken of a batch that holds an end: its first 1,000 reports, and the end where it stands behind them. What is
 * `lost` stood before that end, which would be better for it.
 */
function withinReach(all: Json[], reading: Reading): { given: Json[]; lost: FieldError[] } {
  const end = all.findIndex(isEnd);
  const isBehind = end >= BATCH_REPORTS;
  const given = [...all.slice(0, BATCH_REPORTS), ...(isBehind ? all.slice(end, end + 1) : [])];
  const left = all.length - given.length;
  if (left === 0) return { given, lost: [] };
  const fault = { path: 'reports', message: `holds ${left} more than the ${given.length} that are taken` };
  reading.ignore(fault.path, fault.message);
  return { given, lost: isBehind && end > BATCH_REPORTS ? [fault] : [] };
}
