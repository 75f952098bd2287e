import { holdsRaw } from './json';
import { parseExactly, withDoubles } from './json-text';

/**
 * An object on its way to another isolate. A number that is kept as it was written can't be cloned: `plain` has a double
 * in its place, and `exact` the fields that hold such numbers, as JSON text.
 */
export interface Sendable<Value> {
  plain: Value;
  exact?: string;
}

export function toSendable<Value extends object>(value: Value): Sendable<Value> {
  const raw = Object.entries(value).filter(([, inner]) => holdsRaw(inner));
  if (raw.length === 0) return { plain: value };
  const doubles = Object.fromEntries(raw.map(([field, inner]) => [field, withDoubles(inner)]));
  return { plain: { ...value, ...doubles }, exact: JSON.stringify(Object.fromEntries(raw)) };
}

/** What was sent, with the digits it had. */
export function fromSendable<Value extends object>(plain: Value, exact: string | undefined): Value {
  return exact === undefined ? plain : { ...plain, ...(parseExactly(exact) as Partial<Value>) };
}
