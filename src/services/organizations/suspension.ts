import type { Env } from '../../config';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { type Result, refuse } from '../../domain/base/result';
import { CHANGE_LIFE } from '../../domain/webhook/webhook';
import { log } from '../../log';
import { directoryObject, orgObject, webhookObject } from '../../objects/address';
import { askNewer, askObject } from '../ask-object';
import { noOrganization, type Organization, withProfile } from './organizations';

/**
 * Suspends an organization: every credential of it is refused everywhere within 30 seconds, and nothing is sent to its
 * endpoints. What its jobs are due for comes all the same.
 */
export async function suspendOrganization(
  env: Env,
  id: string,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const changed = await setSuspended(env, id, true, trace);
  if (!changed.ok) return changed;
  // One that does not hear looks at its settings within 30 seconds.
  await tellEndpoints(env, id);
  return changed;
}

/** Serves it again, at once: its endpoints go on where they stopped. A repeat finishes what was begun. */
export async function resumeOrganization(
  env: Env,
  id: string,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const changed = await setSuspended(env, id, false, trace);
  if (!changed.ok) return changed;
  const told = await tellEndpoints(env, id);
  if (told) return changed;
  const detail = 'It is served again, but not all of its endpoints could be told: resume it once more.';
  return refuse('unavailable', detail);
}

/** Its own object first: that is what shuts it. */
async function setSuspended(
  env: Env,
  id: string,
  suspended: boolean,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const known = await askNewer(() => directoryObject(env).find(id), true);
  if (!known.ok) return known;
  if (known.value.entry === null) return noOrganization(id);
  // Should nobody come to tell them that it is served again, they look for themselves.
  if (!suspended) await tellEndpoints(env, id, CHANGE_LIFE);
  const changed = await askNewer(() => orgObject(env, id).changeProfile({ suspended }, trace), true);
  if (!changed.ok) return changed;
  if (changed.value === null) return noOrganization(id);
  if ('code' in changed.value) return { ok: false, rejection: changed.value };
  const { suspended_at } = changed.value;
  const entered = await askNewer(() => directoryObject(env).change(id, { suspended_at }), true);
  if (!entered.ok) return entered;
  return entered.value === null ? noOrganization(id) : withProfile(env, entered.value);
}

/** Each endpoint looks at its settings, and at what it is behind with, in `within` ms. Whether all of them could be told. */
async function tellEndpoints(env: Env, id: string, within = 0): Promise<boolean> {
  const ids = await askObject(() => orgObject(env, id).enabledWebhooks(), true);
  if (!ids.ok) return false;
  const told = await Promise.allSettled(
    ids.value.map((webhookId) => askObject(() => webhookObject(env, id, webhookId).poke(null, within), true)),
  );
  const failed = told.find((one) => one.status === 'rejected');
  if (failed !== undefined) log('warn', 'endpoint_not_told', { organization: id, cause: failed.reason });
  return told.every((one) => one.status === 'fulfilled' && one.value.ok);
}
