import { STATUSES, type Status } from './job';

/** What can be done to many jobs at once. */
export const BULK_OPERATIONS = ['cancel', 'rerun', 'delete'] as const;
export type BulkOperation = (typeof BULK_OPERATIONS)[number];

/** The types of the jobs that show how far such an operation is. */
export const BULK_TYPES = BULK_OPERATIONS.map((operation) => `bulk_${operation}` as const);
export type BulkType = (typeof BULK_TYPES)[number];

/** Jobs that can be named by their ids at once. */
export const BULK_IDS = 1_000;

const ALIVE: readonly Status[] = ['pending', 'in_progress'];

export function bulkTypeOf(operation: BulkOperation): BulkType {
  return `bulk_${operation}`;
}

/** Whether jobs of this type show bulk operations: none does anything to them. */
export function isBulkType(jobType: string): jobType is BulkType {
  return (BULK_TYPES as readonly string[]).includes(jobType);
}

/** Of `wanted` statuses, or of all, those of jobs that an operation can do something to. */
export function statusesFor(operation: BulkOperation, wanted: readonly Status[] = STATUSES): Status[] {
  return wanted.filter((status) => ALIVE.includes(status) === (operation === 'cancel'));
}
