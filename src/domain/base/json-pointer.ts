import { isObject, type Json } from './json';

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const INDEX = /^(?:0|[1-9]\d*)$/;

/** Whether a text is a JSON Pointer (RFC 6901): empty for the whole value, or steps that each begin with `/`. */
export function isPointer(text: string): boolean {
  return POINTER.test(text);
}

/** What `pointer` points to in `json`; undefined where there is nothing. An object's own keys alone are looked at. */
export function lookUp(json: Json, pointer: string): Json | undefined {
  let here: Json | undefined = json;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = INDEX.test(key) ? here[Number(key)] : undefined;
    else if (isObject(here) && Object.hasOwn(here, key)) here = here[key];
    else return undefined;
  }
  return here;
}
