import { isObject, type Json, type JsonObject } from '../base/json';
import { withDoubles } from '../base/json-text';
import { readMetadata } from './read-report';
import { has, type Reading } from './reading';

/** A creation as its schema takes it: it has no end, so what can't be read is left for the schema to refuse. */
export function readCreation(json: Json, reading: Reading): Json {
  if (!isObject(json)) return json;
  const { metadata, ...texts } = json;
  for (const field of ['job_type', 'category']) {
    if (has(texts, field)) texts[field] = reading.text(texts[field] as Json, field);
  }
  for (const field of ['name', 'triggered_by']) {
    if (has(texts, field)) texts[field] = reading.short(texts[field] as Json, field, 200);
  }
  if (has(texts, 'tags')) {
    texts.tags = reading.items(texts.tags as Json, 'tags', (tag, at) => reading.text(tag, at));
  }
  const read = withDoubles(texts) as JsonObject;
  if (metadata !== undefined) {
    read.metadata = metadata === null ? null : readMetadata(metadata, 'metadata', reading);
  }
  return read;
}

/** A cancellation as its schema takes it. */
export function readCancellation(json: Json, reading: Reading): Json {
  if (!isObject(json)) return json;
  const read = { ...json };
  if (has(read, 'reason')) read.reason = reading.long(read.reason as Json, 'reason');
  if (has(read, 'children')) read.children = reading.flag(read.children as Json, 'children');
  return withDoubles(read);
}
