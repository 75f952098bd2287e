import type { Env } from '../../config';
import { ok, type Result, refuse } from '../../domain/base/result';
import { directoryObject, orgObject } from '../../objects/address';
import type { OrganizationEntry } from '../../objects/directory/contract';
import { askNewer, askObject } from '../ask-object';
import { refuseWithoutRoom } from '../room';

export type { OrganizationEntry };

/** Makes an organization: its own object first, then the directory, so that a repeat finishes what was begun. */
export async function createOrganization(
  env: Env,
  id: string,
  name: string,
): Promise<Result<OrganizationEntry>> {
  const full = refuseWithoutRoom(env);
  if (full !== null) return full;
  const salt = crypto.getRandomValues(new Uint8Array(32)).toHex();
  const profile = await askObject(() => orgObject(env, id).create(id, name, salt), false);
  if (!profile.ok) return profile;
  const { created, ...known } = profile.value;
  const entry = { organization_id: id, name: known.name, created_at: known.created_at };
  const entered = await askObject(() => directoryObject(env).enter(entry), true);
  if (!entered.ok) return entered;
  return created ? ok(entry) : refuse('organization_exists', `The organization ${id} exists already.`);
}

export async function listOrganizations(env: Env): Promise<Result<OrganizationEntry[]>> {
  return askObject(() => directoryObject(env).list(), true);
}

/** Gives an organization its id at the provider of sessions, or takes it: effective everywhere within 30 seconds. */
export async function setExternalId(
  env: Env,
  id: string,
  externalId: string | null,
): Promise<Result<OrganizationEntry>> {
  const entry = await askNewer(() => directoryObject(env).setExternalId(id, externalId), true);
  if (!entry.ok) return entry;
  if (entry.value === 'taken')
    return refuse('organization_exists', 'Another organization has this external_id already.');
  return entry.value === null ? refuse('not_found', `There is no organization ${id}.`) : ok(entry.value);
}
