import { Lru } from './lru';

/** What the isolate remembers: texts, and their characters in all. */
const TEXTS = 256;
const CHARACTERS = 4_194_304;

const read = new Lru<unknown>(TEXTS, CHARACTERS);

/**
 * The value of a JSON text that many readers of this isolate are sent at about the same time. Equal texts give the same
 * object, so that it is read once and what is made of it can be kept beside it; nobody may change it.
 */
export function parseOnce<Value>(text: string): Value {
  const known = read.get(text);
  if (known !== undefined) return known as Value;
  const value: unknown = JSON.parse(text);
  read.set(text, value, text.length);
  return value as Value;
}
