import type { Control } from './types.ts';

/** Why a job’s signal is aborted: somebody cancelled the job. Thrown, it acknowledges the cancellation. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
  readonly jobId: string | null;
  /** As the one who cancelled gave it; null where none was given. */
  readonly reason: string | null;
  /** The id of the key, or of the member, that cancelled. */
  readonly by: string;
  readonly at: Date;

  constructor(jobId: string | null, cancel: NonNullable<Control['cancel']>) {
    const { reason, requested_by, requested_at } = cancel;
    super(`the job was cancelled by ${requested_by}${reason === null ? '' : `: ${reason}`}`);
    this.jobId = jobId;
    this.reason = reason;
    this.by = requested_by;
    this.at = new Date(requested_at);
  }
}
