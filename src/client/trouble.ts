import type { HeadwayError } from './headway-error.ts';

/**
 * What went wrong with reporting, which never hurts the work.
 * - `unreachable`: reports could not be sent, and are tried again; told once until something gets through.
 * - `stopped`: the service refused for good; nothing more is sent.
 * - `refused`: what is named was not taken, the rest was.
 * - `stale`: reports were skipped, since someone else reports under the same name.
 * - `dropped`: more was said than there is room for while it can’t be sent.
 * - `invalid`: what was said can’t be sent, or came after the end.
 * - `unsent`: there was no more time; what was said last may be lost.
 */
export interface Trouble {
  kind: 'unreachable' | 'stopped' | 'refused' | 'stale' | 'dropped' | 'invalid' | 'unsent';
  jobId: string | null;
  message: string;
  error?: HeadwayError;
}

export type OnTrouble = (trouble: Trouble) => void;

/** Where nobody asked to be told: a line for whoever reads the program’s output. */
export function warnOf({ jobId, message }: Trouble): void {
  console.warn(`headway: ${jobId === null ? '' : `job ${jobId}: `}${message}`);
}
