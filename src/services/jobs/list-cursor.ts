import type { Json } from '../../domain/base/json';
import { ok, type Result, refuse } from '../../domain/base/result';
import { fingerprint } from '../../domain/base/text';
import type { ListFilter, ListOrder, ListPosition } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { isLimited } from '../access/reach';
import { sealCursor } from '../ids/cursor';

/** What a cursor of jobs holds: a place in their list, and which list that is. One of an older build does not say. */
type Held = ListPosition & { of?: string };

/** A cursor of the jobs that a filter lets through, in an order. */
export function sealPlace(
  { config, principal }: Caller,
  scope: string,
  filter: ListFilter,
  order: ListOrder,
  { created_at, job_id }: ListPosition,
): Promise<string> {
  const held: Held = { created_at, job_id, of: listOf(filter, order) };
  // Where few jobs are the caller's, the last that was looked at may be none of them.
  return sealCursor(config, scope, held as unknown as Json, isLimited(principal));
}

/** The place that a cursor holds; null for none. It is good for the filter and the order that it was given for. */
export function openPlace(
  position: Json | null,
  filter: ListFilter,
  order: ListOrder,
): Result<ListPosition | null> {
  if (position === null) return ok(null);
  const { of = listOf(filter, 'created_at'), ...place } = position as unknown as Held;
  if (of === listOf(filter, order)) return ok(place);
  return refuse('invalid_cursor', 'This cursor is one of another filter, or of another order.');
}

/** Tells lists apart; how the values of a field are sorted is no matter. */
function listOf(filter: ListFilter, order: ListOrder): string {
  const fields = Object.entries(filter).map(([name, value]) => {
    return [name, Array.isArray(value) ? [...value].sort() : value] as const;
  });
  const sorted = fields.filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprint(JSON.stringify([order, sorted]));
}
