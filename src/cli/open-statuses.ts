import type { Job } from '../client/index.ts';

/** Of a job that has not ended. */
export const OPEN: readonly Job['status'][] = ['pending', 'in_progress'];
