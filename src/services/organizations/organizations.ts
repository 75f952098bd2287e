import type { Config, Env } from '../../config';
import type { ApiKey } from '../../domain/access/api-key';
import type { Permission } from '../../domain/access/permission';
import { ok, type Result, refuse } from '../../domain/base/result';
import { directoryObject, orgObject } from '../../objects/address';
import type { OrganizationEntry } from '../../objects/directory/contract';
import { askObject } from '../ask-object';
import { mintApiKey } from '../ids/api-key';
import { sha256 } from '../ids/secrets';
import { isSignedId } from '../ids/signed-id';
import { refuseWithoutRoom } from '../room';

export type { ApiKey };

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

/** Makes a key. The key itself is in this answer alone: only its digest is stored. */
export async function createKey(
  env: Env,
  config: Config,
  organization: string,
  name: string,
  permissions: Permission[],
): Promise<Result<ApiKey & { api_key: string }>> {
  const { key_id, api_key } = await mintApiKey(config, organization);
  const digest = await sha256(api_key);
  const key = await askObject(
    () => orgObject(env, organization).addKey(key_id, name, permissions, digest),
    false,
  );
  if (!key.ok) return key;
  return key.value === null ? noOrganization(organization) : ok({ ...key.value, api_key });
}

export async function listKeys(env: Env, organization: string): Promise<Result<ApiKey[]>> {
  const keys = await askObject(() => orgObject(env, organization).keys(), true);
  if (!keys.ok) return keys;
  return keys.value === null ? noOrganization(organization) : ok(keys.value);
}

/** Revokes a key: effective everywhere within 30 seconds. */
export async function revokeKey(
  env: Env,
  config: Config,
  organization: string,
  keyId: string,
): Promise<Result<null>> {
  if (!(await isSignedId(config, 'api-key', organization, keyId)))
    return refuse('not_found', 'There is no such key.');
  const revoked = await askObject(() => orgObject(env, organization).revokeKey(keyId), true);
  if (!revoked.ok) return revoked;
  return revoked.value ? ok(null) : refuse('not_found', 'There is no such key.');
}

function noOrganization(organization: string): {
  ok: false;
  rejection: ReturnType<typeof refuse>['rejection'];
} {
  return refuse('not_found', `There is no organization ${organization}.`);
}
