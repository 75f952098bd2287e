/** What a key may do. Source: behaviour §4. */
export const PERMISSIONS = ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'] as const;
export type Permission = (typeof PERMISSIONS)[number];
