import { under } from '../base/adjustment';
import { isObject, type Json, type JsonObject, jsonSize } from '../base/json';
import { withDoubles } from '../base/json-text';
import { reportSchema } from '../job/command';
import { CONTENT_LIMIT } from '../job/job';
import { readMarks } from './ends';
import { readIssue } from './read-issue';
import { readLog } from './read-log';
import { has, type Reading } from './reading';

/** Entries of one kind in a report. Source: behaviour §2. */
export const ENTRIES_LIMIT = 1_000;
const ISSUES = { error: 'errors', warning: 'warnings' } as const;
const FIELDS = Object.keys(reportSchema.shape);
/** What is kept with the digits it came with, and what is or holds texts: a number in place of one is its text. */
const EXACT = new Set([
  ...['metadata_patch', 'result', 'error', 'warning', 'errors', 'warnings'],
  ...['message', 'stage', 'reporter', 'logs'],
]);
const COUNTERS = ['processed', 'failed', 'warned'];

/** A report at `place` as its schema takes it. `jobKey` is what its errors are of where they don't say. */
export function readReport(json: Json, place: string, reading: Reading, jobKey: string): Json {
  if (!isObject(json)) {
    if (!reading.ends) return json;
    reading.ignore(place, 'must be an object');
    return {};
  }
  const path = (field: string) => under(place, field);
  const known = reading.known(json, FIELDS, place);
  const read: JsonObject = Object.fromEntries(
    Object.entries(known).map(([field, value]) => [field, EXACT.has(field) ? value : withDoubles(value)]),
  );
  readMarks(json, read, path, reading);
  readIssues(read, path, reading, jobKey);
  if (has(read, 'logs')) {
    const logs = firstOf(read.logs as Json, path('logs'), reading);
    read.logs = reading.items(logs, path('logs'), (log, at) => readLog(log, at, reading));
  }
  if (has(read, 'message')) read.message = reading.long(read.message as Json, path('message'));
  if (has(read, 'stage')) read.stage = reading.short(read.stage as Json, path('stage'), 200);
  if (has(read, 'reporter')) read.reporter = reading.text(read.reporter as Json, path('reporter'));
  if (reading.ends && has(read, 'result') && jsonSize(read.result as Json) > CONTENT_LIMIT) {
    reading.ignore(path('result'), 'must be at most 65,536 bytes as JSON');
    read.result = null;
  }
  if (has(read, 'metadata_patch')) {
    read.metadata_patch = readMetadata(read.metadata_patch as Json, path('metadata_patch'), reading);
  }
  if (reading.ends) dropPairs(read, path, reading);
  return read;
}

/** `metadata` as a creation or a patch has it: `stage` and `last_message` in it are the job's own texts. */
export function readMetadata(value: Json, path: string, reading: Reading): Json {
  const object = reading.object(value, path);
  if (!isObject(object)) return object;
  const read: JsonObject = { ...object };
  if (has(read, 'stage')) read.stage = reading.short(read.stage as Json, under(path, 'stage'), 200);
  if (has(read, 'last_message')) {
    read.last_message = reading.long(read.last_message as Json, under(path, 'last_message'));
  }
  return read;
}

function readIssues(
  read: JsonObject,
  path: (field: string) => string,
  reading: Reading,
  jobKey: string,
): void {
  for (const [one, many] of Object.entries(ISSUES)) {
    if (has(read, one)) read[one] = readIssue(read[one] as Json, path(one), reading, jobKey);
    if (!has(read, many)) continue;
    const given = read[many] as Json;
    const list = reading.ends && !Array.isArray(given) ? [given] : given;
    read[many] = reading.items(firstOf(list, path(many), reading), path(many), (issue, at) =>
      readIssue(issue, at, reading, jobKey),
    );
  }
}

/** Beside an end: as many entries as a report may have. */
function firstOf(list: Json, path: string, reading: Reading): Json {
  if (!reading.ends || !Array.isArray(list) || list.length <= ENTRIES_LIMIT) return list;
  reading.ignore(path, `holds ${list.length - ENTRIES_LIMIT} more than ${ENTRIES_LIMIT}`);
  return list.slice(0, ENTRIES_LIMIT);
}

/** Beside an end: a delta that came with its own counter, and half a sequence, are ignored. */
function dropPairs(read: JsonObject, path: (field: string) => string, reading: Reading): void {
  for (const name of COUNTERS) {
    if (!has(read, `${name}_items`) || !has(read, `${name}_delta`)) continue;
    read[`${name}_delta`] = null;
    reading.ignore(path(`${name}_delta`), `came with ${name}_items: set the counter or add to it`);
  }
  const { reporter = null, sequence = null } = read;
  if (reporter === null && sequence === null) return;
  const sound = typeof reporter === 'string' && reporter !== '' && isCount(sequence);
  if (sound && Array.from(reporter).length <= 200) return;
  for (const field of ['reporter', 'sequence']) {
    if (has(read, field)) reading.ignore(path(field), 'can’t be read; reporter and sequence come together');
    read[field] = null;
  }
}

function isCount(value: Json): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
