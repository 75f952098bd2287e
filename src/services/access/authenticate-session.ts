import type { Config, Env } from '../../config';
import type { Result } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { CREDENTIAL_LIFE } from './authenticate';
import { authenticateKept } from './authenticate-kept';
import type { Principal } from './caller';

/**
 * Whom a sign-in of our own stands for: its key, until its end; null where it was not made here, has ended or was ended.
 * One that was told longer than `believed` (ms) ago is asked for again.
 */
export async function authenticateSession(
  env: Env,
  config: Config,
  text: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  return authenticateKept(config, text, now, believed, {
    kind: 'session',
    ask: ({ organization, id }, digest) => orgObject(env, organization).authenticateSession(id, digest),
    principal: (found, { organization, id: session_id }) => {
      const {
        key_id,
        permissions,
        salt,
        job_types = null,
        until,
        limits = null,
        shards = null,
        name,
      } = found;
      const actor = { kind: 'key' as const, id: key_id };
      const terms = { permissions, salt, job_types, until, limits, shards };
      const principal = { organization, actor, ...terms, session_id };
      return { ...principal, ...(name === undefined ? {} : { name }), since: now };
    },
  });
}
