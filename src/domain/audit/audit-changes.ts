import { canonicalJson, type Json } from '../base/json';
import type { AuditChange } from './audit-record';

/** What is known of a thing; nothing of one that is not there. */
type Known<Thing> = { readonly [Field in keyof Thing]?: Thing[Field] | undefined };

/** A value longer than this as JSON is left out of a record. */
const VALUE_LIMIT = 1_000;

/**
 * What differs between two states of a thing, field by field: with its values in `shown`, by its name alone in `named`,
 * and not at all in any other.
 */
export function auditChanges<Thing extends object>(
  before: Known<Thing>,
  after: Known<Thing>,
  shown: readonly (keyof Thing & string)[],
  named: readonly (keyof Thing & string)[] = [],
): AuditChange[] {
  const differs = (field: keyof Thing & string) => textOf(before[field]) !== textOf(after[field]);
  return [
    ...shown.filter(differs).map((field) => withValues(field, before[field], after[field])),
    ...named.filter(differs).map((field) => ({ field })),
  ];
}

function withValues(field: string, from: unknown, to: unknown): AuditChange {
  const short = textOf(from).length <= VALUE_LIMIT && textOf(to).length <= VALUE_LIMIT;
  return short ? { field, from: (from ?? null) as Json, to: (to ?? null) as Json } : { field };
}

function textOf(value: unknown): string {
  return canonicalJson((value ?? null) as Json);
}
