import { configOf, type Env } from '../../config';
import { ok, type Result } from '../../domain/base/result';
import { CREDENTIAL_LIFE } from './authenticate';
import type { Caller, Principal } from './caller';
import { homeIn } from './home';

/** What a caller is by itself, whatever organization it is in. */
type Standalone = Omit<Principal, 'organization' | 'salt' | 'limits' | 'shards' | 'since'>;

/** A caller in an organization that shows no credential; a refusal while that is suspended, null where there is none. */
export async function callerIn(
  env: Env,
  organization: string,
  by: Standalone,
): Promise<Result<Caller | null>> {
  const now = Date.now();
  const home = await homeIn(env, organization, now, CREDENTIAL_LIFE);
  if (!home.ok || home.value === null) return home.ok ? ok(null) : home;
  const { salt, limits, shards } = home.value;
  const principal = { ...by, organization, salt, limits, shards, since: now };
  return ok({ env, config: configOf(env), principal, renew: async () => true });
}
