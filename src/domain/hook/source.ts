import * as z from 'zod';
import { isRaw, type Json } from '../base/json';
import { isPointer, lookUp } from '../base/json-pointer';

/** A delivery as a mapping looks at it. */
export interface ArrivalContent {
  payload: Json;
  header: (name: string) => string | null;
}

/** Where a value comes from: a JSON Pointer (RFC 6901), `header:Its-Name`, or a template with such places in braces. */
export type Source = string | { template: string };

export const sourceSchema = z
  .union([z.string(), z.strictObject({ template: z.string() })])
  .meta({ description: 'A JSON Pointer, header:Its-Name, or {"template": "{/name}@{header:X-Event}"}.' });

const HEADER = /^header:([A-Za-z0-9-]{1,100})$/;
const PLACE = /\{([^{}]*)\}/g;

/** Whether a text is a pointer or names a header. */
export function isPlace(text: string): boolean {
  return HEADER.test(text) || isPointer(text);
}

/** What is wrong with a source, or null. */
export function faultOfSource(source: Source): string | null {
  if (typeof source === 'string') {
    return isPlace(source) ? null : 'must be a JSON Pointer: empty, or begin with /; or header:Its-Name';
  }
  const places = [...source.template.matchAll(PLACE)].map(([, place = '']) => place);
  const stray = /[{}]/.test(source.template.replace(PLACE, ''));
  const sound = places.length > 0 && !stray && places.every(isPlace);
  return sound ? null : 'must hold places in braces, each a JSON Pointer or header:Its-Name';
}

/** What a place holds; undefined where there is nothing. */
export function valueAt(place: string, { payload, header }: ArrivalContent): Json | undefined {
  const name = HEADER.exec(place)?.[1];
  return name === undefined ? lookUp(payload, place) : (header(name) ?? undefined);
}

/** The pointers of a source; what it takes from headers is of no payload. */
export function placesOf(source: Source): string[] {
  const places =
    typeof source === 'string' ? [source] : [...source.template.matchAll(PLACE)].map(([, at = '']) => at);
  return places.filter((place) => !HEADER.test(place));
}

/** What a source holds. A place of a template that holds nothing is empty; where all of them are, so is the source. */
export function readSource(source: Source, sent: ArrivalContent): Json | undefined {
  if (typeof source === 'string') return valueAt(source, sent);
  let found = false;
  const text = source.template.replace(PLACE, (_, place: string) => {
    const value = valueAt(place, sent) ?? null;
    found ||= value !== null;
    return value === null ? '' : textOf(value);
  });
  return found ? text : undefined;
}

/** A source as it is told to people. */
export function writtenSource(source: Source): string {
  return JSON.stringify(typeof source === 'string' ? source : source.template);
}

function textOf(value: Json): string {
  if (isRaw(value)) return value.rawJSON;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
