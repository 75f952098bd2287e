import type { LimitOverrides } from './limits';
import type { Permission } from './permission';
import type { ShardRaises } from './shards';

/** What a key may do, on which jobs, and until when. Times in ms since 1970. */
export interface KeyTerms {
  permissions: Permission[];
  /** The types of the jobs that there are for it; null for all. */
  job_types: string[] | null;
  /** From then on it opens nothing; null where that never comes. */
  expires_at: number | null;
}

/** Who made a thing: a key, or a person who had signed in. */
export interface Maker {
  type: 'key' | 'member';
  id: string;
}

/** An API key as its organization keeps it, without its secret. Times in ms since 1970. */
export interface ApiKey extends KeyTerms {
  key_id: string;
  name: string;
  created_at: number;
  revoked_at: number | null;
  /** Null for the operator, and for a key of before it was kept. */
  created_by: Maker | null;
  /** The hour in which it was last shown. */
  last_used_at: number | null;
  /** Until when the secret before its last rotation opens it too; null where none does. */
  older_secret_until: number | null;
}

/** What a key proves: its permissions, the organization's salt, and its limits, absent from an older object. */
export interface Grant {
  permissions: Permission[];
  salt: string;
  job_types?: string[] | null;
  /** Until when it holds at most (ms). */
  until?: number | null;
  /** Where the organization's limits are not the standard ones; null or absent where all are. */
  limits?: LimitOverrides | null;
  /** Where its index has more shards than the standard; null or absent where it has not. */
  shards?: ShardRaises | null;
  /** The organization is suspended: it opens nothing. Absent where it is not, and from an older object. */
  suspended?: true;
  /** What the key is called; absent from an older object. */
  name?: string;
}

/** How many revoked and expired keys are still listed: the newest. */
export const DEAD_KEYS_KEPT = 1_000;
/** The most types of jobs that a key is limited to. */
export const KEY_TYPES_LIMIT = 100;

/** Whether a key opens anything at `now`. */
export function isAlive({ revoked_at, expires_at }: Pick<ApiKey, 'revoked_at' | 'expires_at'>, now: number) {
  return revoked_at === null && (expires_at === null || now < expires_at);
}

/** What a key may do in the organization with this salt; null for one that is unknown, revoked or expired. */
export function grantOf(
  key: ApiKey | null,
  salt: string,
  now: number,
): Required<Omit<Grant, 'limits' | 'shards' | 'suspended'>> | null {
  if (key === null || !isAlive(key, now)) return null;
  const { name, permissions, job_types, expires_at } = key;
  return { name, permissions, salt, job_types, until: expires_at };
}
