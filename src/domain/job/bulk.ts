import { refuseBeyond } from '../access/quota';
import type { Rejection } from '../base/rejection';
import { isTerminal, STATUSES, type Status } from './job';

/** What can be done to many jobs at once. */
const BULK_OPERATIONS = ['cancel', 'rerun', 'delete'] as const;
export type BulkOperation = (typeof BULK_OPERATIONS)[number];

/** The types of the jobs that show how far such an operation is. */
export const BULK_TYPES = BULK_OPERATIONS.map((operation) => `bulk_${operation}` as const);
export type BulkType = (typeof BULK_TYPES)[number];

/** Jobs that can be named by their ids at once. */
export const BULK_IDS = 1_000;
/** Bulk operations of an organization that are under way at once. */
export const BULK_AT_ONCE = 10;
/** The shard that lists their jobs: so one index knows how many there are, and takes no more. */
export const BULK_SHARD = 0;

export function bulkTypeOf(operation: BulkOperation): BulkType {
  return `bulk_${operation}`;
}

/** The refusal of one more where `use` are under way; null where there is room. */
export function refuseBulkBeyond(use: number, limit = BULK_AT_ONCE): Rejection | null {
  return refuseBeyond(use, limit, 'bulk operations under way', 'let one end, or cancel it');
}

/** Whether jobs of this type show bulk operations: none does anything to them. */
export function isBulkType(jobType: string): jobType is BulkType {
  return (BULK_TYPES as readonly string[]).includes(jobType);
}

/** Of `wanted` statuses, or of all, those of jobs that an operation can do something to. */
export function statusesFor(operation: BulkOperation, wanted: readonly Status[] = STATUSES): Status[] {
  return wanted.filter((status) => isTerminal(status) !== (operation === 'cancel'));
}
