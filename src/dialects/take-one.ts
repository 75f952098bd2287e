import { under } from '../domain/base/adjustment';
import { isObject, type Json } from '../domain/base/json';
import type { FieldError } from '../domain/base/rejection';
import { ENTRIES_LIMIT, readReport } from '../domain/door/read-report';
import type { Reading } from '../domain/door/reading';
import { type Report, reportSchema, saysAnything } from '../domain/job/command';
import { type Parsed, takeBody } from '../http/take-body';
import { withinLimits } from '../http/within-limits';
import type { ReadReport } from '../services/jobs/report-unit';

const LISTS = ['errors', 'warnings', 'logs'];
const INCOMPLETE = /^(?:failed|warned)_(?:items|delta)$/;

/**
 * Takes one report on the job that `jobKey` names, whichever door it came by. A failed or warned counter that had to be
 * ignored leaves a warning, so that no outcome gets better by a mistake of form; a report of which nothing was left is
 * marked as one. `place` is where it stands in a larger body. An id is read in any case, and its job is named as it is.
 */
export function takeOne(raw: Json, reading: Reading, place: string, jobKey: string): Parsed<ReadReport> {
  const before = reading.ignored.length;
  const long = reading.ends ? [] : longLists(raw, place);
  if (long.length > 0) return { ok: false, errors: long };
  const limited = withinLimits(raw, reading, place);
  if (!limited.ok) return limited;
  const value = readReport(limited.data, place, reading, jobKey.toLowerCase());
  const taken = takeBody(reportSchema, value, reading, place);
  if (!taken.ok) return taken;
  const ignored = reading.ignored.slice(before);
  const lost = ignored.filter(({ path }) =>
    INCOMPLETE.test(place === '' ? path : path.slice(place.length + 1)),
  );
  const report = lost.length > 0 ? incomplete(taken.data, lost, jobKey) : { ...taken.data };
  const nothing = ignored.length > 0 && !saysAnything(report);
  const read = { report, raw: limited.data };
  return { ok: true, data: nothing ? { ...read, nothing } : read };
}

/** A report with a warning for each thing that was lost beside it. */
export function incomplete(report: Report, lost: readonly FieldError[], jobKey: string): Report {
  const about = { entity_type: 'job', entity_key: jobKey.toLowerCase(), error_type: 'report_incomplete' };
  const warnings = lost.map(({ path, message }) => ({ ...about, message: `${path} ${message}` }));
  return { ...report, warnings: [...(report.warnings ?? []), ...warnings] };
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
