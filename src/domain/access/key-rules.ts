import { invalidField, type Rejection, reject } from '../base/rejection';
import type { KeyTerms } from './api-key';
import type { Permission } from './permission';

/** What a key for some types of jobs can't carry: it reaches beyond them. Source: behaviour §4. */
const BEYOND_TYPES: readonly Permission[] = ['webhook:manage', 'key:manage', 'audit:read'];

/** Why no key can have these terms at `now`; null where one can. */
export function faultOfTerms(
  { permissions, job_types, expires_at }: KeyTerms,
  now: number,
): Rejection | null {
  const beyond = BEYOND_TYPES.find((permission) => permissions.includes(permission));
  if (job_types !== null && beyond !== undefined) {
    return invalidField('job_types', `can't go with ${beyond}, which reaches beyond jobs of some types`);
  }
  if (expires_at !== null && expires_at <= now) return invalidField('expires_at', 'must be in the future');
  return null;
}

/**
 * Why whoever has the terms `maker` can't give a key the terms `given`; null where it can. What the key had `before` it
 * may keep, as it was: nobody gives what they lack, and no key gives itself more.
 */
export function refuseExcess(given: KeyTerms, before: KeyTerms | null, maker: KeyTerms): Rejection | null {
  const gained = before === null ? given.permissions : gainedBy(given, before);
  if (gained.length === 0) return null;
  const lacking = gained.find((permission) => !maker.permissions.includes(permission));
  if (lacking !== undefined) {
    return reject('permission_denied', `This key lacks the permission ${lacking}, so it can't give it.`);
  }
  if (isLater(given.expires_at, maker.expires_at)) {
    const end = new Date(maker.expires_at ?? 0).toISOString();
    return reject(
      'permission_denied',
      `This key expires at ${end}, so none that it makes or changes lasts longer.`,
    );
  }
  if (isWider(given.job_types, maker.job_types)) {
    return reject('permission_denied', 'This key is for jobs of some types, so it gives no other types.');
  }
  return null;
}

/** The permissions that reach what they did not before: each of them where the key is for more types or lasts longer. */
function gainedBy(given: KeyTerms, before: KeyTerms): readonly Permission[] {
  const reachesOn =
    isWider(given.job_types, before.job_types) || isLater(given.expires_at, before.expires_at);
  return given.permissions.filter((permission) => reachesOn || !before.permissions.includes(permission));
}

/** Whether a key for jobs of the types `a` (null for all) reaches one that a key for the types `b` does not. */
export function isWider(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (b === null) return false;
  return a === null || a.some((type) => !b.includes(type));
}

function isLater(a: number | null, b: number | null): boolean {
  return b !== null && (a === null || a > b);
}
