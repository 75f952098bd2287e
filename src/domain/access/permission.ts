/** What a key may do. Source: behaviour §4. */
export const PERMISSIONS = [
  'job:create',
  'job:read',
  'job:cancel',
  'webhook:manage',
  'key:manage',
  'audit:read',
  'metrics:read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
