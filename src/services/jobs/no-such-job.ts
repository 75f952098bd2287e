import { refuse } from '../../domain/base/result';

/** The one answer for a job that is unknown, foreign, forged or deleted, or of a type that the caller's key is not for. */
export function noSuchJob() {
  return refuse('job_not_found', 'There is no such job.');
}
