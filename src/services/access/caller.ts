import type { Config, Env } from '../../config';
import type { Maker } from '../../domain/access/api-key';
import type { FilterTokenScope } from '../../domain/access/filter-token';
import type { LimitOverrides } from '../../domain/access/limits';
import type { Permission } from '../../domain/access/permission';
import type { ShardRaises } from '../../domain/access/shards';
import type { Rejection } from '../../domain/base/rejection';
import type { JobToken } from '../ids/token-text';

/** The one behind a call. A member signs in as a person; a hook is called by a partner's delivery. */
export interface Actor {
  kind: 'key' | 'member' | 'hook';
  id: string;
}

/** Who calls: one organization, by one of its actors. The organization comes from the credential alone. */
export interface Principal {
  organization: string;
  actor: Actor;
  /** What its key is called; absent where nobody knows. */
  name?: string;
  permissions: readonly Permission[];
  /** The organization's salt. */
  salt: string;
  /** The types of the jobs that there are for it; null or absent for all. */
  job_types?: readonly string[] | null;
  /** The tag of the jobs that there are for it; null or absent for all. */
  tag?: string | null;
  /** Until when its credential holds at most (ms); null or absent where it has no end of its own. */
  until?: number | null;
  /** Where the organization's limits are not the standard ones; null or absent where all are. */
  limits?: LimitOverrides | null;
  /** Where its index has more shards than the standard; null or absent where it has not. */
  shards?: ShardRaises | null;
  /** The sign-in of our own that it came by; absent for any other credential. */
  session_id?: string;
  /** The filter token that it came by; absent for any other credential. */
  filter_token?: { token_id: string; scope: FilterTokenScope };
  /** When its credential was looked up (ms). */
  since: number;
}

/**
 * How long what is held open goes by one look at its credential (ms). With the second that a look may be old by, what is
 * revoked is closed within 30 s.
 */
export const CREDENTIAL_HELD = 28_500;

/** What a thing that stands in an organization is looked for by. */
export interface Seeker {
  env: Env;
  config: Config;
  principal: Pick<Principal, 'organization'>;
}

/** The context of every verb. */
export interface Caller extends Seeker {
  principal: Principal;
  /** The token it came by: it opens one job alone. Absent where it came by a key. */
  token?: JobToken;
  /**
   * Whether the credential still stands, looked up anew, or what it is refused with: what is held open for long asks from
   * time to time. The principal is then what it may from now on.
   */
  renew(now: number): Promise<boolean | Rejection>;
}

/** The key whose sign-ins and tokens alone a caller sees; null for all of the organization. */
export function ownKeyAlone({ actor, permissions }: Principal): string | null {
  return permissions.includes('key:manage') ? null : actor.id;
}

/** How whoever makes something is named in it. */
export function makerOf({ actor }: Principal): Maker | null {
  return actor.kind === 'hook' ? null : { type: actor.kind, id: actor.id };
}

/** When the credential of a held caller is to be looked at again (ms) that was looked at `last`: each `interval`, and at its end. */
export function nextLook({ principal }: Caller, last: number, interval: number): number {
  return Math.min(last + interval, principal.until ?? Number.POSITIVE_INFINITY);
}
