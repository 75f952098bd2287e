import { PERMISSIONS, type Permission } from './permission';

/** Sets of permissions by what they are for. A key made with one keeps the permissions, not the name. */
export const PRESETS = ['worker', 'viewer', 'operator', 'admin'] as const;
export type Preset = (typeof PRESETS)[number];

const PERMISSIONS_OF: Record<Preset, readonly Permission[]> = {
  worker: ['job:create', 'job:read'],
  viewer: ['job:read'],
  operator: ['job:create', 'job:read', 'job:cancel'],
  admin: PERMISSIONS,
};

export function permissionsOfPreset(preset: Preset): Permission[] {
  return [...PERMISSIONS_OF[preset]];
}
