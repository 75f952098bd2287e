import { type Limits, limitsOf } from '../../domain/access/limits';
import type { JobLimits } from '../../domain/job/report-rate';
import type { Caller } from './caller';

/** The limits of the caller’s organization. */
export function limitsFor({ config, principal }: Pick<Caller, 'config' | 'principal'>): Limits {
  return limitsOf(principal.limits, config.limits);
}

/** What a job is told of its limits: nothing where they are the standard ones, which it knows. */
export function ownLimits(caller: Caller): { limits?: JobLimits } {
  const { limits } = caller.principal;
  if (limits === null || limits === undefined) return {};
  const { reports_per_second, reports_burst, job_bytes } = limitsFor(caller);
  return { limits: { reports_per_second, reports_burst, job_bytes } };
}
