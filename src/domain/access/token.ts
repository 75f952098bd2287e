import * as z from 'zod';
import { DAY, SECOND } from '../base/time';
import type { Permission } from './permission';

/** What a token opens of its one job, each including the ones before it: its pictures, its reads, its reports. */
export const TOKEN_SCOPES = ['picture', 'read', 'report'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** How long (s) a token lasts where its maker does not say. */
export const TOKEN_LIFE = 3_600;

/** What a token of each scope may do, as far as the key that made it may, and for how long (s) at most. */
const SCOPES: Record<TokenScope, { permissions: readonly Permission[]; longest: number }> = {
  picture: { permissions: ['job:read'], longest: (365 * DAY) / SECOND },
  read: { permissions: ['job:read'], longest: (30 * DAY) / SECOND },
  report: { permissions: ['job:create', 'job:read'], longest: (30 * DAY) / SECOND },
};

/** The body of `POST …/tokens`. */
export const tokenSchema = z
  .strictObject({
    scope: z.enum(TOKEN_SCOPES),
    expires_in: z
      .int()
      .min(1)
      .nullish()
      .meta({ description: 'Seconds; 3,600 by default, 365 days at most for pictures, 30 for the rest.' }),
    allow_get: z
      .boolean()
      .nullish()
      .meta({ default: false, description: 'Whether GET acts on the paths of the one-line worker.' }),
  })
  .superRefine(({ scope, expires_in, allow_get }, ctx) => {
    const refuse = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    const longest = longestLife(scope);
    if ((expires_in ?? 0) > longest) refuse('expires_in', `must be at most ${longest} for scope ${scope}`);
    if (allow_get && scope !== 'report') refuse('allow_get', 'is for scope report alone');
  })
  .meta({ id: 'CreateToken' });

/** How long (s) a token of `scope` lasts at most. */
export function longestLife(scope: TokenScope): number {
  return SCOPES[scope].longest;
}

/** Whether a token of `scope` opens what takes one of `needed`. */
export function opens(scope: TokenScope, needed: TokenScope): boolean {
  return TOKEN_SCOPES.indexOf(scope) >= TOKEN_SCOPES.indexOf(needed);
}

/** The permission it takes to make a token of `scope`. */
export function permissionToMake(scope: TokenScope): Permission {
  return scope === 'report' ? 'job:create' : 'job:read';
}

/** What a token of `scope` may do that a key with `permissions` made: a key gives nothing that it lacks. */
export function permissionsOf(scope: TokenScope, permissions: readonly Permission[]): Permission[] {
  return SCOPES[scope].permissions.filter((permission) => permissions.includes(permission));
}
