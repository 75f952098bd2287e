import type { Config, Env } from '../config';
import { isWider } from '../domain/access/key-rules';
import { ok, type Result } from '../domain/base/result';
import { authenticate } from '../services/access/authenticate';
import { authenticateSession } from '../services/access/authenticate-session';
import { authenticateToken } from '../services/access/authenticate-token';
import type { Caller, Principal } from '../services/access/caller';
import { tokenStands } from '../services/access/job-tokens';
import { isTokenText } from '../services/ids/token-text';
import { type Credential, isAmbient } from './presented-credential';

/** How old an answer may be that a held stream's credential is renewed by (ms): many streams of a key share one. */
const RENEWAL_AGE = 1_000;

/**
 * The caller that a key, a token or a sign-in of our own stands for; null where it stands for none. A key that is looked up again must
 * have one of the permissions `needed` then.
 */
export async function callerOf(
  env: Env,
  config: Config,
  shown: Credential,
  needed: readonly string[],
  now: number,
): Promise<Result<Caller | null>> {
  if (isAmbient(shown) && shown.by !== 'own') return ok(null);
  const credential = shown.text;
  if (shown.by !== 'own' && isTokenText(credential)) {
    const bearer = await authenticateToken(env, config, credential, now);
    if (!bearer.ok || bearer.value === null) return bearer.ok ? ok(null) : bearer;
    const { token, principal } = bearer.value;
    return ok({
      env,
      config,
      principal,
      token,
      renew: (later) => tokenStands(env, config, credential, later, RENEWAL_AGE),
    });
  }
  const lookUp = shown.by === 'own' ? authenticateSession : authenticate;
  const principal = await lookUp(env, config, credential, now);
  if (!principal.ok || principal.value === null) return principal.ok ? ok(null) : principal;
  const look = (later: number) => lookUp(env, config, credential, later, RENEWAL_AGE);
  return ok(keyHolder(env, config, principal.value, look, needed));
}

/**
 * A caller by a key that is looked up anew at its renewal. Where that can't be done then, it stands until it can. One that
 * reaches fewer jobs by then comes again: what is open was opened with more.
 */
function keyHolder(
  env: Env,
  config: Config,
  principal: Principal,
  look: (now: number) => Promise<Result<Principal | null>>,
  needed: readonly string[],
): Caller {
  const caller: Caller = {
    env,
    config,
    principal,
    async renew(now) {
      const again = await look(now);
      if (!again.ok) return true;
      if (again.value === null) return false;
      const narrower = isWider(caller.principal.job_types ?? null, again.value.job_types ?? null);
      caller.principal = again.value;
      if (narrower) return false;
      return needed.includes('any') || again.value.permissions.some((one) => needed.includes(one));
    },
  };
  return caller;
}
