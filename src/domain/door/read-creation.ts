import { isObject, type Json, type JsonObject } from '../base/json';
import { withDoubles } from '../base/json-text';
import { readMetadata } from './read-report';
import { has, type Reading } from './reading';

/** A creation as its schema takes it: it has no end, so what can't be read is left for the schema to refuse. */
export function readCreation(json: Json, reading: Reading): Json {
  if (!isObject(json)) return json;
  const { metadata, ...rest } = json;
  const read = withDoubles(rest) as JsonObject;
  for (const field of ['job_type', 'category']) {
    if (has(read, field)) read[field] = reading.text(read[field] as Json, field);
  }
  for (const field of ['name', 'triggered_by']) {
    if (has(read, field)) read[field] = reading.short(read[field] as Json, field, 200);
  }
  if (has(read, 'tags')) {
    read.tags = reading.items(read.tags as Json, 'tags', (tag, at) => reading.text(tag, at));
  }
  if (metadata !== undefined) {
    read.metadata = metadata === null ? null : readMetadata(metadata, 'metadata', reading);
  }
  return read;
}

/** A cancellation as its schema takes it. */
export function readCancellation(json: Json, reading: Reading): Json {
  if (!isObject(json)) return json;
  const read = withDoubles(json) as JsonObject;
  if (has(read, 'reason')) read.reason = reading.long(read.reason as Json, 'reason');
  return read;
}
