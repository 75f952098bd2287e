import { STATUSES, type Status } from './job';
import { hundredths } from './progress';
import type { Outcome } from './samples';

/** Outcomes, the worst first. */
const WORST = [
  'failed',
  'cancelled',
  'partial_success',
  'completed_with_warnings',
  'completed',
] as const satisfies Outcome[];

/** What some children of a job come to: of each chain of reruns the newest alone counts. */
export interface RollupPart {
  by_status: Record<Status, number>;
  /** Of all: each weighs as many items as it has, one at the least. */
  weight: bigint;
  /** The same, each times the hundredths of a percent that are done of it: one that has ended is done. */
  done: bigint;
}

/** What the children of a job come to. */
export interface Rollup {
  /** Chains of reruns, each of one job or more. */
  children: number;
  /** 0–100 with two decimals, rounded down. */
  progress_percentage: number;
  /** `pending` until one begins, `in_progress` until all have ended, then their outcome. */
  status: Status;
  /** The worst of those that have ended; null where none has. */
  outcome: Outcome | null;
  by_status: Record<Status, number>;
}

/** Of parts that have no chain in common. */
export function rollUp(parts: readonly RollupPart[]): Rollup {
  const sum = (of: (part: RollupPart) => bigint) => parts.reduce((all, part) => all + of(part), 0n);
  const by_status = countedBy((status) => Number(sum((part) => BigInt(part.by_status[status]))));
  const children = STATUSES.reduce((all, status) => all + by_status[status], 0);
  const outcome = WORST.find((status) => by_status[status] > 0) ?? null;
  return {
    children,
    progress_percentage:
      hundredths(
        sum(({ done }) => done),
        10_000n * sum(({ weight }) => weight),
      ) / 100,
    status: statusOf(by_status, outcome),
    outcome,
    by_status,
  };
}

/** A number for each status. */
export function countedBy(count: (status: Status) => number): Record<Status, number> {
  return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>;
}

function statusOf({ pending, in_progress }: Record<Status, number>, outcome: Outcome | null): Status {
  if (in_progress > 0) return 'in_progress';
  if (outcome === null) return 'pending';
  return pending > 0 ? 'in_progress' : outcome;
}
