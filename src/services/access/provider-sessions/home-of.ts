import type { Config, Env } from '../../../config';
import { ok, type Result } from '../../../domain/base/result';
import { isFresh } from '../../../domain/base/time';
import { directoryObject } from '../../../objects/address';
import { askNewer } from '../../ask-object';
import { Lru } from '../../lru';
import { type Home, homeIn } from '../home';

/** An organization that a provider's is. */
export type ProvidedHome = Home & { organization: string };

const MOST_NAMES = 1_000;
const names = new WeakMap<Config, Lru<{ organization: string; at: number }>>();

/**
 * The organization that the provider's is, by the `external_id` that the operator gave it, as it was at most `believed` ms
 * before `now`.
 */
export async function homeOf(
  env: Env,
  config: Config,
  externalId: string,
  now: number,
  believed: number,
): Promise<Result<ProvidedHome | null>> {
  const named = await organizationWith(env, config, externalId, now, believed);
  if (!named.ok || named.value === null) return named.ok ? ok(null) : named;
  const { organization, at } = named.value;
  const home = await homeIn(env, organization, now, believed);
  if (!home.ok || home.value === null) return home.ok ? ok(null) : home;
  return ok({ ...home.value, organization, at: Math.min(at, home.value.at) });
}

async function organizationWith(
  env: Env,
  config: Config,
  externalId: string,
  now: number,
  believed: number,
): Promise<Result<{ organization: string; at: number } | null>> {
  const known = names.get(config) ?? new Lru<{ organization: string; at: number }>(MOST_NAMES, MOST_NAMES);
  names.set(config, known);
  const found = known.get(externalId);
  if (found !== undefined && isFresh(found.at, now, believed)) return ok(found);
  const entered = await askNewer(() => directoryObject(env).organizationWith(externalId), true);
  known.delete(externalId);
  if (!entered.ok || entered.value === null) return entered.ok ? ok(null) : entered;
  const named = { organization: entered.value, at: now };
  known.set(externalId, named, 1);
  return ok(named);
}
