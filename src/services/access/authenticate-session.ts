import type { Config, Env } from '../../config';
import { ok, type Result } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { readCredential } from '../ids/credential-text';
import { sha256 } from '../ids/secrets';
import { CREDENTIAL_LIFE, remembered } from './authenticate';
import type { Principal } from './caller';
import { suspended } from './home';

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
  return remembered(text, now, believed, async () => {
    const parsed = await readCredential(config, 'session', text);
    if (parsed === null) return ok(null);
    const { organization, id: session_id } = parsed;
    const digest = await sha256(text);
    const found = await askNewer(
      () => orgObject(env, organization).authenticateSession(session_id, digest),
      true,
    );
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    if (found.value.suspended) return suspended();
    const { key_id, permissions, salt, job_types = null, until, limits = null, name } = found.value;
    const actor = { kind: 'key' as const, id: key_id };
    const principal = { organization, actor, permissions, salt, job_types, until, limits, session_id };
    return ok({ ...principal, ...(name === undefined ? {} : { name }), since: now });
  });
}
