import type { Job } from '../client/index.ts';
import { isTerminal, STATUSES } from '../domain/job/job.ts';

/** Of a job that has not ended. */
export const OPEN: readonly Job['status'][] = STATUSES.filter((status) => !isTerminal(status));
