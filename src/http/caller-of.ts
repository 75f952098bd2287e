import type { Config, Env } from '../config';
import { isWider } from '../domain/access/key-rules';
import { ok, type Result } from '../domain/base/result';
import { authenticate } from '../services/access/authenticate';
import { authenticateFilterToken } from '../services/access/authenticate-filter-token';
import { authenticateSession } from '../services/access/authenticate-session';
import { authenticateToken } from '../services/access/authenticate-token';
import type { Caller, Principal } from '../services/access/caller';
import { isShut } from '../services/access/home';
import { tokenStands } from '../services/access/job-tokens';
import { holderOfSession } from '../services/access/provider-sessions/session-holder';
import { isFilterTokenText } from '../services/ids/credential-text';
import { isJobTokenText } from '../services/ids/token-text';
import type { KeepAlive } from '../services/jobs/snapshot-cache';
import type { Credential } from './presented-credential';

/** How old an answer may be that a held stream's credential is renewed by (ms): many streams of a key share one. */
const RENEWAL_AGE = 1_000;

/** What a caller asks for. */
export interface CallerAsk {
  /** The permissions of which it takes one, again when the credential is looked up anew. */
  needed: readonly string[];
  /** Whether it is to change something. */
  acts: boolean;
  keepAlive: KeepAlive;
}

/** The caller that a key, a token, a sign-in of our own or a provider's session stands for; null where it stands for none. */
export async function callerOf(
  env: Env,
  config: Config,
  shown: Credential,
  asked: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  const { needed } = asked;
  if (shown.by !== 'bearer' && shown.by !== 'own') return sessionCaller(env, config, shown, asked, now);
  const credential = shown.text;
  if (shown.by !== 'own' && isJobTokenText(credential)) {
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
  const lookUp = lookUpOf(shown);
  const principal = await lookUp(env, config, credential, now);
  if (!principal.ok || principal.value === null) return principal.ok ? ok(null) : principal;
  const look = (later: number) => lookUp(env, config, credential, later, RENEWAL_AGE);
  return ok(keyHolder(env, config, principal.value, look, needed));
}

function lookUpOf({ by, text }: Credential): typeof authenticate {
  if (by === 'own') return authenticateSession;
  return isFilterTokenText(text) ? authenticateFilterToken : authenticate;
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
      if (!again.ok) return isShut(again.rejection) ? again.rejection : true;
      if (again.value === null) return false;
      const narrower = isWider(caller.principal.job_types ?? null, again.value.job_types ?? null);
      caller.principal = again.value;
      if (narrower) return false;
      return needed.includes('any') || again.value.permissions.some((one) => needed.includes(one));
    },
  };
  return caller;
}

/** A caller by a session, until that ends. One that its provider can't confirm at its renewal stands no longer. */
async function sessionCaller(
  env: Env,
  config: Config,
  shown: Credential,
  { needed, acts, keepAlive }: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  const session = { text: shown.text, jwtOnly: shown.by !== 'session' };
  const found = await holderOfSession(env, config, session, { acts, now, keepAlive });
  if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
  const caller: Caller = {
    env,
    config,
    principal: found.value,
    async renew(later) {
      if (later >= (caller.principal.until ?? Number.POSITIVE_INFINITY)) return false;
      const look = { acts, now: later, believed: RENEWAL_AGE, keepAlive };
      const again = await holderOfSession(env, config, session, look);
      if (!again.ok) return isShut(again.rejection) ? again.rejection : false;
      if (again.value === null) return false;
      caller.principal = again.value;
      return needed.includes('any') || again.value.permissions.some((one) => needed.includes(one));
    },
  };
  return ok(caller);
}
