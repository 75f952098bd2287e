import type { Json } from '../../domain/base/json';
import type { Report } from '../../domain/job/command';
import { readCodes, readExit } from '../../domain/line/exit-code';
import { findExit } from '../../domain/line/exit-line';
import { readText, type Said, tellCount, type Unit } from '../../domain/line/said';
import { asSeen } from '../../domain/line/terminal-text';
import type { ReadReport } from '../../services/jobs/report-unit';

/** What comes beside a text. */
export interface Beside {
  jobId: string;
  /** The exit code in the path. */
  code: string;
  unit: Unit;
  /** The codes of a success with a warning, as a list. */
  warn: string;
}

/** The report that a text is; null for a sign of life alone. `read` is told in the answer. */
export interface LineReport {
  report: ReadReport | null;
  read: string | null;
}

/** What a worker's text makes of the report, by the path it came on. */
export type Verb = (text: string, beside: Beside) => LineReport;

/** The `error_type` of what a line warns of. Source: behaviour §2. */
const LINE = 'line';

export const say: Verb = (text, beside) =>
  asSeen(text).trim() === '' ? { report: null, read: null } : start(text, beside);

export const start: Verb = (text, { unit }) => saying(readText(text, unit));

/** What a text says of a job that has begun. */
export function saying(said: Said): LineReport {
  const read = said.count === undefined ? said.message && 'no count in it' : tellCount(said.count);
  return lineReport(said, { mark_started: true }, read ?? null);
}

export const done: Verb = (text, { unit }) => endedWell(readText(text, unit));

export const fail: Verb = (text) => lineReport({}, { mark_failed: asSeen(text).trim() || 'failed' });

export const exit: Verb = (text, beside) => exitWith(readText(text, beside.unit), text, beside);

/** The same for a text that may be a program's whole output: a last line `::exit N` ends the job. */
export function orExit(verb: Verb): Verb {
  return (text, beside) => {
    const last = findExit(text);
    return last === null ? verb(text, beside) : exit(last.text, { ...beside, code: last.code });
  };
}

/** An exit of whose text it is known what it `said`. A failure shows no more than what was `told` beside it. */
export function exitWith(
  said: Said,
  text: string,
  { jobId, code, warn }: Beside,
  told: Said = {},
): LineReport {
  const { outcome, of } = readExit(code, readCodes(warn));
  if (outcome === 'done') return endedWell(said);
  const words = asSeen(text).trim();
  const why = words === '' ? `${of}` : `${of}: ${words}`;
  if (outcome === 'failed') return lineReport(told, { mark_failed: why }, of);
  return lineReport(said, { mark_completed: true, warning: issue(jobId, why) }, of);
}

export const warn: Verb = (text, { jobId }) =>
  lineReport({}, { warning: issue(jobId, asSeen(text).trim() || 'warning') });

export const error: Verb = (text, { jobId }) =>
  lineReport({}, { error: issue(jobId, asSeen(text).trim() || 'error') });

/** What was said and what else is to be reported, as one report. */
export function lineReport({ count, message }: Said, more: Report, read: string | null = null): LineReport {
  const report: Report = {
    ...more,
    ...(message === undefined ? {} : { message }),
    ...(count === undefined || 'hundredths' in count ? {} : { processed_items: count.processed }),
    ...(count === undefined || 'hundredths' in count || count.total === null
      ? {}
      : { total_items: count.total }),
  };
  const share =
    count !== undefined && 'hundredths' in count ? { processed_hundredths: count.hundredths } : {};
  return { report: { report, raw: { ...report, ...share } as Json, ...share }, read };
}

function endedWell(said: Said): LineReport {
  const read = said.count === undefined ? null : tellCount(said.count);
  return lineReport(said, { mark_completed: true }, read);
}

function issue(jobId: string, message: string): NonNullable<Report['error']> {
  return { entity_type: 'job', entity_key: jobId, error_type: LINE, message };
}
