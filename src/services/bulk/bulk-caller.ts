import { configOf, type Env } from '../../config';
import { ok, type Result } from '../../domain/base/result';
import type { BulkCaller } from '../../objects/bulk/contract';
import type { Caller } from '../access/caller';
import { homeIn } from '../access/home';

/** How long it is believed that an organization is served (ms). */
const BELIEVED = 30_000;

/** What a bulk operation keeps of who began it: it goes on as they were then, whatever becomes of their credential. */
export function keptCaller({ principal }: Caller): BulkCaller {
  const { actor, name = null, permissions, job_types = null, tag = null } = principal;
  return { actor, name, permissions: [...permissions], job_types: job_types && [...job_types], tag };
}

/** Them as a caller of verbs; a refusal while the organization is suspended, null once it is none. */
export async function callerAs(
  env: Env,
  organization: string,
  { name, ...by }: BulkCaller,
): Promise<Result<Caller | null>> {
  const now = Date.now();
  const home = await homeIn(env, organization, now, BELIEVED);
  if (!home.ok || home.value === null) return home.ok ? ok(null) : home;
  const { salt, limits, shards } = home.value;
  const principal = {
    organization,
    ...by,
    ...(name === null ? {} : { name }),
    salt,
    limits,
    shards,
    since: now,
  };
  return ok({ env, config: configOf(env), principal, renew: async () => true });
}
