import type { Job } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';

/** The exit code for jobs that have ended: that of the worst of them. */
export function exitOf(statuses: readonly Job['status'][]): number {
  if (statuses.includes('failed')) return EXIT.failed;
  if (statuses.includes('partial_success')) return EXIT.partial;
  return statuses.includes('cancelled') ? EXIT.cancelled : EXIT.ok;
}

/** Whether nothing better can come of all of them. */
export function isBad(status: Job['status']): boolean {
  return status === 'failed' || status === 'cancelled';
}
