import { type Adjustment, type AdjustReason, under } from '../base/adjustment';
import { isRaw, type Json, type JsonObject } from '../base/json';
import { withDoubles } from '../base/json-text';
import type { FieldError } from '../base/rejection';
import { cut, cutApart, shorten } from '../base/text';
import type { Told } from './told';

/**
 * The reading of one body: what was kept otherwise than it came, and what was ignored. What can be read is converted to
 * what the schema takes; what can't is left as it is, for the schema to find. Source: behaviour §2, "What a worker says is
 * never lost for its form".
 */
export class Reading {
  readonly adjusted: Adjustment[] = [];
  readonly ignored: FieldError[] = [];
  /** Whether the body ends a job: then nothing that stands beside the end refuses it. */
  readonly ends: boolean;

  constructor(ends: boolean) {
    this.ends = ends;
  }

  adjust(path: string, reason: AdjustReason): void {
    this.adjusted.push({ path, reason });
  }

  ignore(path: string, message: string): void {
    this.ignored.push({ path, message });
  }

  /** What an answer tells of it, behind what was adjusted before it was read. */
  told(before: readonly Adjustment[]): Told {
    return { adjusted: [...before, ...this.adjusted], ignored: this.ignored };
  }

  /** The text of a number or a boolean; beside an end that of anything else too, which is its JSON. */
  text(value: Json, path: string): Json {
    if (typeof value === 'string' || value === null) return value;
    if (typeof value === 'object' && !isRaw(value) && !this.ends) return value;
    this.adjust(path, 'converted');
    return JSON.stringify(value);
  }

  /** A free text: of one that is too long, head and tail. */
  long(value: Json, path: string): Json {
    const text = this.text(value, path);
    if (typeof text !== 'string') return text;
    const kept = shorten(text);
    if (kept !== text) this.adjust(path, 'shortened');
    return kept;
  }

  /** A text of at most `most` characters, cut at its end. */
  short(value: Json, path: string, most: number): Json {
    const text = this.text(value, path);
    if (typeof text !== 'string') return text;
    const kept = cut(text, most);
    if (kept !== text) this.adjust(path, 'cut');
    return kept;
  }

  /** The same for a name: two that differ stay two, whatever is cut off them. */
  name(value: Json, path: string, most: number): Json {
    const text = this.text(value, path);
    if (typeof text !== 'string') return text;
    const kept = cutApart(text, most);
    if (kept !== text) this.adjust(path, 'cut');
    return kept;
  }

  /** An object; `[]`, as PHP writes an empty one, is one. */
  object(value: Json, path: string): Json {
    if (!Array.isArray(value) || value.length > 0) return value;
    this.adjust(path, 'converted');
    return {};
  }

  /** A boolean as programs write it: true, or absent. Anything else is left for the schema. */
  flag(value: Json, path: string): Json {
    const read = readFlag(value);
    if (read === undefined) return value;
    if (read !== value && value !== null) this.adjust(path, 'converted');
    return read;
  }

  /** The fields of an object that are known: beside an end the others are ignored. */
  known(object: JsonObject, fields: readonly string[], path: string): JsonObject {
    if (!this.ends) return object;
    const given = Object.keys(object);
    const kept = given.filter((field) => fields.includes(field));
    if (kept.length === given.length) return object;
    for (const field of given) {
      if (!fields.includes(field)) this.ignore(under(path, field), 'is not a known field');
    }
    return Object.fromEntries(kept.map((field) => [field, object[field] as Json]));
  }

  /** What each item of an array becomes. */
  items(value: Json, path: string, read: (item: Json, path: string) => Json): Json {
    return Array.isArray(value) ? value.map((item, index) => read(item, under(path, index))) : value;
  }
}

/** What a boolean field says: true, false, or null for nothing; undefined where that can't be read. */
export function readFlag(written: Json): boolean | null | undefined {
  const value = isRaw(written) ? withDoubles(written) : written;
  if (value === null) return null;
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0' || value === '') return false;
  return undefined;
}

/** Whether a field is there: null means absent. */
export function has(object: JsonObject, field: string): boolean {
  return Object.hasOwn(object, field) && object[field] !== null;
}
