import { type Rejection, reject } from '../base/rejection';

/** How an organization stands: it is served, it is shut until the operator resumes it, or it is on its way out, or gone. */
export const STANDINGS = ['active', 'suspended', 'deleting', 'deleted'] as const;
export type Standing = (typeof STANDINGS)[number];

/** The one answer to whatever comes by a suspended organization. Source: behaviour §5. */
export function organizationSuspended(): Rejection {
  return reject('organization_suspended', 'This organization is suspended: ask whoever runs the service.');
}

/**
 * How long after an organization was closed something may still come of what began before (ms): a credential is believed for
 * 30 s, a request acts within some seconds of the last look at its own, and a job that could not tell its index tries again
 * each minute.
 */
export const STRAGGLERS = 180_000;

/** The steps in which one is deleted, in order. */
export const DELETION_STEPS = [
  ...(['closing', 'webhooks', 'hooks', 'jobs'] as const),
  ...(['waiting', 'stragglers', 'shards', 'organization', 'finished'] as const),
] as const;
export type DeletionStep = (typeof DELETION_STEPS)[number];
