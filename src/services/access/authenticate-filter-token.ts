import type { Config, Env } from '../../config';
import type { JobFilter } from '../../domain/access/filter-token';
import { permissionsOf } from '../../domain/access/token';
import { ok, type Result } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { readCredential } from '../ids/credential-text';
import { sha256 } from '../ids/secrets';
import { CREDENTIAL_LIFE, remembered } from './authenticate';
import type { Principal } from './caller';
import { suspended } from './home';

/**
 * Whom a filter token speaks for: the key that made it, for the jobs alone that filter and key both let through; null where
 * it was not made here, has expired, was revoked, or its key is gone. One that was told longer than `believed` (ms) ago is
 * asked for again.
 */
export async function authenticateFilterToken(
  env: Env,
  config: Config,
  text: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  return remembered(text, now, believed, async () => {
    const parsed = await readCredential(config, 'filter-token', text);
    if (parsed === null) return ok(null);
    const { organization, id: token_id } = parsed;
    const digest = await sha256(text);
    const found = await askNewer(
      () => orgObject(env, organization).authenticateFilterToken(token_id, digest),
      true,
    );
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    if (found.value.suspended) return suspended();
    const { key_id, scope, filter, salt, until, limits = null } = found.value;
    return ok({
      organization,
      actor: { kind: 'key', id: key_id },
      permissions: permissionsOf(scope, found.value.permissions),
      salt,
      job_types: typesOf(filter, found.value.job_types ?? null),
      tag: filter.tag,
      filter_token: { token_id, scope },
      until,
      limits,
      since: now,
    });
  });
}

/** The types of a filter, as far as its key is for them; null for all. */
function typesOf({ job_type }: JobFilter, ofKey: readonly string[] | null): readonly string[] | null {
  if (job_type === null) return ofKey;
  return ofKey === null || ofKey.includes(job_type) ? [job_type] : [];
}
