import type { Json, JsonObject } from '../base/json';
import { type Entered, readMetadata } from '../door/enter-report';
import { has, Reading } from '../door/reading';

const TEXTS = ['job_type', 'category'] as const;
const NAMES = ['name', 'triggered_by'] as const;

/** The body of a creation as its schema takes it: texts of what is none, and names cut that are too long. Source: behaviour §2. */
export function readCreation(body: JsonObject): Entered {
  const reading = new Reading(false);
  const read: JsonObject = { ...body };
  for (const field of TEXTS) if (has(read, field)) read[field] = reading.text(read[field] as Json, field);
  for (const field of NAMES)
    if (has(read, field)) read[field] = reading.short(read[field] as Json, field, 200);
  if (has(read, 'tags')) {
    read.tags = reading.items(read.tags as Json, 'tags', (tag, path) => reading.text(tag, path));
  }
  if (has(read, 'metadata')) read.metadata = readMetadata(read.metadata as Json, 'metadata', reading);
  return { value: read, reading };
}
