import type { Env } from '../../config';
import type { Result } from '../../domain/base/result';
import type { BulkCaller } from '../../objects/bulk/contract';
import type { Caller } from '../access/caller';
import { callerIn } from '../access/caller-in';

/** What a bulk operation keeps of who began it: it goes on as they were then, whatever becomes of their credential. */
export function keptCaller({ principal }: Caller): BulkCaller {
  const { actor, name = null, permissions, job_types = null, tag = null } = principal;
  return { actor, name, permissions: [...permissions], job_types: job_types && [...job_types], tag };
}

/** Them as a caller of verbs; a refusal while the organization is suspended, null once it is none. */
export function callerAs(
  env: Env,
  organization: string,
  { name, ...by }: BulkCaller,
): Promise<Result<Caller | null>> {
  return callerIn(env, organization, { ...by, ...(name === null ? {} : { name }) });
}
