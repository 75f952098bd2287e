import type { Status } from './job';

/**
 * What can be asked of a job. A report is one of the first five, by its mark or else by whether it tells of work.
 * `expire` is an end made by the clock.
 */
export const MOVES = [
  'progress',
  'work',
  'start',
  'complete',
  'fail',
  'heartbeat',
  'cancel',
  'expire',
  'rerun',
  'delete',
] as const;
export type Move = (typeof MOVES)[number];

/**
 * `apply`: it happens. `nothing`: it is so already, a 200 that changes nothing. `closing`: recorded while a cancelled
 * job waits for its acknowledgement, `job_terminal` after. A code: refused with it.
 */
export type Cell = 'apply' | 'nothing' | 'closing' | 'job_terminal' | 'job_not_terminal';

const OPEN: Record<Move, Cell> = {
  progress: 'apply',
  work: 'apply',
  start: 'apply',
  complete: 'apply',
  fail: 'apply',
  heartbeat: 'apply',
  cancel: 'apply',
  expire: 'apply',
  rerun: 'job_not_terminal',
  delete: 'job_not_terminal',
};

const ENDED: Record<Move, Cell> = {
  progress: 'job_terminal',
  work: 'job_terminal',
  start: 'job_terminal',
  complete: 'job_terminal',
  fail: 'job_terminal',
  heartbeat: 'job_terminal',
  cancel: 'job_terminal',
  expire: 'nothing',
  rerun: 'apply',
  delete: 'apply',
};

const CANCELLED: Record<Move, Cell> = {
  ...ENDED,
  progress: 'closing',
  work: 'closing',
  start: 'closing',
  complete: 'closing',
  fail: 'closing',
  heartbeat: 'closing',
  cancel: 'nothing',
};

/** Every status × every move. Source: behaviour §1 "Status", §2 "After the end", §3. */
export const STATUS_TABLE: Record<Status, Record<Move, Cell>> = {
  pending: OPEN,
  in_progress: { ...OPEN, start: 'nothing' },
  completed: ENDED,
  completed_with_warnings: ENDED,
  partial_success: ENDED,
  failed: ENDED,
  cancelled: CANCELLED,
};
