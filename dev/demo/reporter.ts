/** How the demo's worker speaks to its job. */
import { Complaint } from '../command-line.ts';
import type { Client, Issue, Report } from './client.ts';

export class Reporter {
  readonly #client: Client;
  readonly #jobId: string;

  constructor(client: Client, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  /** Reports issues, then `fields`; throws when the job was cancelled meanwhile. */
  async report(
    fields: Report,
    errors: readonly Issue[] = [],
    warnings: readonly Issue[] = [],
  ): Promise<void> {
    for (const report of spread(fields, errors, warnings)) {
      const { control } = await this.#client.report(this.#jobId, report);
      if (control.cancel) throw new Complaint(`cancelled: ${control.cancel.reason ?? 'no reason given'}`);
    }
  }

  /** Ends the job as failed. On a cancelled one this acknowledges the cancellation. */
  async fail(reason: string): Promise<void> {
    await this.#client.report(this.#jobId, { mark_failed: reason });
  }
}

/** A report holds one error and one warning, so issues take several; the last one carries `fields`. */
function spread(fields: Report, errors: readonly Issue[], warnings: readonly Issue[]): Report[] {
  const needed = Math.max(1, errors.length, warnings.length);
  return Array.from({ length: needed }, (_, index) => {
    const [error, warning] = [errors[index], warnings[index]];
    return { ...(error && { error }), ...(warning && { warning }), ...(index === needed - 1 && fields) };
  });
}
