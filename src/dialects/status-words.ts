import type { Status } from '../domain/job/job';

/** The five status words that surfaces B and C share. Source: contracts B and C, behaviour §1. */
export const STATUS_WORD = {
  pending: 'pending',
  in_progress: 'running',
  completed: 'completed',
  completed_with_warnings: 'completed',
  partial_success: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<Status, string>;

export const STATUS_WORDS = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** The statuses that one word stands for. */
export function statusesOf(word: StatusWord): Status[] {
  return (Object.keys(STATUS_WORD) as Status[]).filter((status) => STATUS_WORD[status] === word);
}
