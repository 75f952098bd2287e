import type { AuditTrace } from '../../domain/audit/audit-record';
import type { JobAlarm } from './job-alarm';
import { tokensRecord } from './job-audit';
import type { JobStore, Stored } from './job-store';
import type { PublicationUpkeep } from './publication-upkeep';
import type { Watchers } from './watchers';

/** What the tokens work with. */
export interface TokenParts {
  store: JobStore;
  alarm: JobAlarm;
  publications: PublicationUpkeep;
  watchers: Watchers;
}

/** The job's tokens, which stand or fall together: those of its present generation stand. */
export class JobTokens {
  readonly #parts: TokenParts;

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  /** Whether a token of this generation still stands. A call that came by none is not asked, nor is one for no job. */
  takes(generation: number | undefined): boolean {
    if (generation === undefined) return true;
    const own = this.#parts.store.tokenGeneration();
    return own === null || own === generation;
  }

  /** Revokes them all: their generation is never again what it was. */
  async revoke({ job }: Stored, trace?: AuditTrace): Promise<void> {
    const { store, alarm, publications, watchers } = this.#parts;
    const now = Date.now();
    const next = Math.max((store.tokenGeneration() ?? 0) + 1, Math.floor(now / 1_000));
    alarm.transact(() => {
      store.setTokenGeneration(job, next, now);
      if (trace === undefined) return;
      store.carried.add(tokensRecord(trace, job, now), job.revision);
      publications.arm(job, now, 'transition');
    });
    watchers.dismissTokens();
    if (trace) await publications.published();
  }
}
