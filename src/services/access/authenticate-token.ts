import type { Config, Env } from '../../config';
import { permissionsOf } from '../../domain/access/token';
import { ok, type Result } from '../../domain/base/result';
import { type JobToken, readJobToken } from '../ids/token-text';
import { CREDENTIAL_LIFE, holderOf, hookHolder } from './authenticate';
import type { Principal } from './caller';

/** A token that was made here and has not expired, with whom it speaks for. */
export interface Bearer {
  token: JobToken;
  principal: Principal;
}

/**
 * Whom this token speaks for: the key or hook that made it, within the token's scope. Null where it was not made here, has
 * expired, or its maker was revoked or deleted. Whether the job's tokens were revoked is the object's to say, with the call itself.
 */
export async function authenticateToken(
  env: Env,
  config: Config,
  text: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Bearer | null>> {
  const token = await readJobToken(config, text);
  if (token === null || now >= token.expires_at * 1_000) return ok(null);
  const { organization, maker } = token;
  const standsFor = maker.kind === 'hook' ? hookHolder : holderOf;
  const holder = await standsFor(env, organization, maker.id, now, believed);
  if (!holder.ok || holder.value === null) return holder.ok ? ok(null) : holder;
  const permissions = permissionsOf(token.scope, holder.value.permissions);
  const until = Math.min(token.expires_at * 1_000, holder.value.until ?? Number.POSITIVE_INFINITY);
  return ok({ token, principal: { ...holder.value, permissions, until } });
}
