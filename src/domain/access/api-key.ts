import type { Permission } from './permission';

/** An API key as its organization keeps it, without its secret. Times in ms since 1970. */
export interface ApiKey {
  key_id: string;
  name: string;
  permissions: Permission[];
  created_at: number;
  revoked_at: number | null;
}

/** What a key proves: the permissions it carries, and the organization's salt. */
export interface Grant {
  permissions: Permission[];
  salt: string;
}

/** What a key may do in the organization with this salt; null for one that is unknown or revoked. */
export function grantOf(key: Pick<ApiKey, 'permissions' | 'revoked_at'> | null, salt: string): Grant | null {
  return key === null || key.revoked_at !== null ? null : { permissions: key.permissions, salt };
}
