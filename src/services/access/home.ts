import type { Env } from '../../config';
import type { LimitOverrides } from '../../domain/access/limits';
import { isOrganizationId } from '../../domain/access/organization';
import type { ShardRaises } from '../../domain/access/shards';
import { organizationSuspended } from '../../domain/access/standing';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { isFresh } from '../../domain/base/time';
import { orgObject } from '../../objects/address';
import type { OrganizationProfile } from '../../objects/org/contract';
import { askNewer } from '../ask-object';
import { Lru } from '../lru';

/** An organization that is served, for those whose credentials it does not keep itself: members and hooks. */
export interface Home {
  salt: string;
  limits: LimitOverrides | null;
  shards: ShardRaises | null;
  /** When it was asked (ms). */
  at: number;
}

const MOST_HOMES = 1_000;
const homes = new Lru<Home>(MOST_HOMES, MOST_HOMES);

/**
 * The organization as it was at most `believed` ms before `now`; null where there is none, or none any more, or
 * no organization can have that name, and a refusal where it is suspended. That it is served is all that is remembered.
 */
export async function homeIn(
  env: Env,
  organization: string,
  now: number,
  believed: number,
): Promise<Result<Home | null>> {
  if (!isOrganizationId(organization)) return ok(null);
  const known = homes.get(organization);
  if (known !== undefined && isFresh(known.at, now, believed)) return ok(known);
  homes.delete(organization);
  const found = await profileOf(env, organization);
  if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
  const { salt, limits, shards = null, suspended_at } = found.value;
  if (suspended_at !== null) return suspended();
  const home = { salt, limits, shards, at: now };
  homes.set(organization, home, 1);
  return ok(home);
}

/** The one answer to every credential of a suspended organization. */
export function suspended(): { ok: false; rejection: Rejection } {
  return { ok: false, rejection: organizationSuspended() };
}

/** Whether a refusal says so, and not only that nothing can be told now. */
export function isShut({ code }: Rejection): boolean {
  return code === 'organization_suspended';
}

/** An object of an older build tells its salt alone: it is never suspended, and its limits are the standard ones. */
async function profileOf(
  env: Env,
  organization: string,
): Promise<Result<Pick<OrganizationProfile, 'salt' | 'limits' | 'shards' | 'suspended_at'> | null>> {
  const found = await askNewer(() => orgObject(env, organization).profile(), true);
  if (found.ok || found.rejection.code !== 'unavailable') return found;
  const salt = await askNewer(() => orgObject(env, organization).salt(), true);
  if (!salt.ok) return salt;
  return ok(salt.value === null ? null : { salt: salt.value, limits: null, suspended_at: null });
}
