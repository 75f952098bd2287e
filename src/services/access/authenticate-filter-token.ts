import type { Config, Env } from '../../config';
import { permissionsOf } from '../../domain/access/token';
import type { Result } from '../../domain/base/result';
import { meetTypes } from '../../domain/job/job-type';
import { orgObject } from '../../objects/address';
import { CREDENTIAL_LIFE } from './authenticate';
import { authenticateKept } from './authenticate-kept';
import type { Principal } from './caller';

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
  return authenticateKept(config, text, now, believed, {
    kind: 'filter-token',
    ask: ({ organization, id }, digest) => orgObject(env, organization).authenticateFilterToken(id, digest),
    principal: (found, { organization, id: token_id }) => {
      const { key_id, scope, filter, salt, until, limits = null, shards = null, name } = found;
      return {
        organization,
        actor: { kind: 'key', id: key_id },
        ...(name === undefined ? {} : { name }),
        permissions: permissionsOf(scope, found.permissions),
        salt,
        job_types: meetTypes(filter.job_type, found.job_types) ?? null,
        tag: filter.tag,
        filter_token: { token_id, scope },
        until,
        limits,
        shards,
        since: now,
      };
    },
  });
}
