import type { Config, Env } from '../config';
import { ok, type Result } from '../domain/result';
import { orgObject } from '../objects/object-name';
import { readApiKey } from './api-key';
import { askObject } from './ask-object';
import type { Principal } from './caller';
import { sha256 } from './secrets';

/** How long a key's answer is believed (ms): a revocation is effective everywhere within this time. */
export const CREDENTIAL_LIFE = 30_000;
const CACHE_SIZE = 1_000;

const cache = new Map<string, { principal: Principal; at: number }>();

/**
 * Who holds this API key, null where nobody does, or why that can't be told now. A positive answer is remembered in the
 * isolate, a negative one never; one older than `believed` (ms) is asked for again.
 */
export async function authenticate(
  env: Env,
  config: Config,
  apiKey: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  const known = cache.get(apiKey);
  const age = known === undefined ? -1 : now - known.at;
  if (known !== undefined && age >= 0 && age < believed) return ok(known.principal);
  cache.delete(apiKey);
  const parsed = await readApiKey(config, apiKey);
  if (parsed === null) return ok(null);
  const { organization, key_id } = parsed;
  const digest = await sha256(apiKey);
  const grant = await askObject(() => orgObject(env, organization).authenticate(key_id, digest), true);
  if (!grant.ok || grant.value === null) return grant.ok ? ok(null) : grant;
  const principal = { organization, key_id, ...grant.value };
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value ?? '');
  cache.set(apiKey, { principal, at: now });
  return ok(principal);
}
