import { under } from '../base/adjustment';
import { isObject, isRaw, type Json, type JsonObject } from '../base/json';
import { withDoubles } from '../base/json-text';
import { readTime } from '../base/time';
import { logSchema } from '../job/command';
import { LOG_LEVELS, nearestLevel } from '../job/log-level';
import { has, type Reading } from './reading';

const FIELDS = Object.keys(logSchema.shape);

/** A log entry as its schema takes it: the nearest level, and a time or, where that can't be read, that of its arrival. */
export function readLog(value: Json, path: string, reading: Reading): Json {
  if (!isObject(value))
    return reading.ends && value !== null ? readLog({ message: value }, path, reading) : withDoubles(value);
  const read: JsonObject = { ...reading.known(value, FIELDS, path) };

  readLevel(read, under(path, 'level'), reading);
  if (has(read, 'message')) read.message = reading.long(read.message as Json, under(path, 'message'));
  else if (reading.ends) {
    read.message = reading.long(JSON.stringify(value), under(path, 'message'));
    reading.adjust(under(path, 'message'), 'converted');
  }
  if (has(read, 'timestamp')) readTimestamp(read, under(path, 'timestamp'), reading);
  return read;
}

function readLevel(read: JsonObject, path: string, reading: Reading): void {
  if (!has(read, 'level')) {
    if (reading.ends) read.level = 'info';
    return;
  }
  const level = withDoubles(read.level as Json);
  if ((LOG_LEVELS as readonly Json[]).includes(level)) return;
  read.level = typeof level === 'string' || typeof level === 'number' ? nearestLevel(level) : 'info';
  reading.adjust(path, 'converted');
}

function readTimestamp(read: JsonObject, path: string, reading: Reading): void {
  const written = isRaw(read.timestamp) ? withDoubles(read.timestamp) : read.timestamp;
  const at = typeof written === 'string' || typeof written === 'number' ? readTime(written) : null;
  if (at === null) {
    read.timestamp = null;
    reading.adjust(path, 'time_of_arrival');
    return;
  }
  const text = new Date(at).toISOString();
  if (typeof written !== 'string' || Date.parse(written) !== at) reading.adjust(path, 'converted');
  read.timestamp = text;
}
