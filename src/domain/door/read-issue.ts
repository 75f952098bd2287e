import { under } from '../base/adjustment';
import { isObject, type Json, type JsonObject } from '../base/json';
import { withDoubles } from '../base/json-text';
import { shorten } from '../base/text';
import { boundDetails } from '../job/details';
import { issueSchema } from '../job/issue';
import { has, type Reading } from './reading';

/** The type of an error whose worker named none. Source: behaviour §2. */
const UNSPECIFIED = 'unspecified';
const FIELDS = Object.keys(issueSchema.shape);
/** Characters of the names in an issue. */
const NAMES = { error_type: 200, entity_type: 200, entity_key: 512 };

/**
 * An error or a warning as its schema takes it. Beside an end it counts whatever its form: what it lacks is filled in, so
 * that no outcome gets better by a mistake. `jobKey` is the key of the job itself.
 */
export function readIssue(value: Json, path: string, reading: Reading, jobKey: string): Json {
  if (value === null && !reading.ends) return null;
  if (!isObject(value)) return reading.ends ? fill({}, value, path, reading, jobKey) : withDoubles(value);
  const read: JsonObject = { ...reading.known(value, FIELDS, path) };
  if (reading.ends) fill(read, value, path, reading, jobKey);
  for (const [field, most] of Object.entries(NAMES)) {
    if (has(read, field)) read[field] = reading.name(read[field] as Json, under(path, field), most);
  }
  if (has(read, 'step')) read.step = reading.short(read.step as Json, under(path, 'step'), 200);
  if (has(read, 'message')) read.message = reading.long(read.message as Json, under(path, 'message'));
  if (has(read, 'details')) readDetails(read, under(path, 'details'), reading);
  return read;
}

function readDetails(read: JsonObject, path: string, reading: Reading): void {
  const details = reading.object(read.details as Json, path);
  read.details = details;
  if (!isObject(details)) {
    if (!reading.ends) return;
    reading.ignore(path, 'must be an object');
    read.details = null;
    return;
  }
  const bounded = boundDetails(details);
  if (bounded !== details) reading.adjust(path, 'shortened');
  read.details = bounded;
}

function fill(read: JsonObject, whole: Json, path: string, reading: Reading, jobKey: string): JsonObject {
  const missing = { error_type: UNSPECIFIED, entity_key: jobKey, message: shorten(JSON.stringify(whole)) };
  for (const [field, instead] of Object.entries(missing)) {
    if (has(read, field)) continue;
    read[field] = instead;
    reading.adjust(under(path, field), 'converted');
  }
  return read;
}
