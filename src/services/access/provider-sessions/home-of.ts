import type { Config, Env } from '../../../config';
import { ok, type Result } from '../../../domain/base/result';
import { directoryObject, orgObject } from '../../../objects/address';
import { askNewer } from '../../ask-object';
import { Lru } from '../../jobs/lru';
import { SESSION_LIFE } from './session-check';

/** An organization that a provider's is. */
export interface Home {
  organization: string;
  salt: string;
}

const MOST_HOMES = 1_000;
const homes = new WeakMap<Config, Lru<{ home: Home; at: number }>>();

/** The organization that the provider's is, by the `external_id` that the operator gave it; remembered as long as a session. */
export async function homeOf(
  env: Env,
  config: Config,
  externalId: string,
  now: number,
): Promise<Result<Home | null>> {
  const known = homes.get(config) ?? new Lru<{ home: Home; at: number }>(MOST_HOMES, MOST_HOMES);
  homes.set(config, known);
  const found = known.get(externalId);
  const age = found === undefined ? -1 : now - found.at;
  if (found !== undefined && age >= 0 && age < SESSION_LIFE) return ok(found.home);
  const entered = await askNewer(() => directoryObject(env).organizationWith(externalId), true);
  known.delete(externalId);
  if (!entered.ok || entered.value === null) return entered.ok ? ok(null) : entered;
  const organization = entered.value;
  const salt = await askNewer(() => orgObject(env, organization).salt(), true);
  if (!salt.ok || salt.value === null) return salt.ok ? ok(null) : salt;
  const home = { organization, salt: salt.value };
  known.set(externalId, { home, at: now }, 1);
  return ok(home);
}
