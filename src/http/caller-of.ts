import type { Config, Env } from '../config';
import { isWider } from '../domain/access/key-rules';
import type { Rejection } from '../domain/base/rejection';
import { ok, type Result } from '../domain/base/result';
import { authenticate } from '../services/access/authenticate';
import { authenticateFilterToken } from '../services/access/authenticate-filter-token';
import { authenticateSession } from '../services/access/authenticate-session';
import { authenticateToken } from '../services/access/authenticate-token';
import type { Caller, Principal } from '../services/access/caller';
import { isShut } from '../services/access/home';
import { jobTokensStand } from '../services/access/job-tokens';
import { holderOfSession } from '../services/access/provider-sessions/session-holder';
import { isFilterTokenText } from '../services/ids/credential-text';
import { isJobTokenText } from '../services/ids/token-text';
import type { KeepAlive } from '../services/keep-alive';
import type { Credential } from './presented-credential';

/** How old an answer may be that a held stream's credential is renewed by (ms): many streams of a key share one. */
const RENEWAL_AGE = 1_000;

/** What a caller asks for. */
export interface CallerAsk {
  /** The permissions of which it takes one, again when the credential is looked up anew. */
  needed: readonly string[];
  /** One that it takes besides, likewise. */
  also?: string | undefined;
  /** Whether it is to change something. */
  acts: boolean;
  keepAlive: KeepAlive;
}

/** The caller that a key, a token, a sign-in of our own or a provider's session stands for; null where it stands for none. */
export function callerOf(
  env: Env,
  config: Config,
  shown: Credential,
  asked: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  if (shown.by !== 'bearer' && shown.by !== 'own') return sessionCaller(env, config, shown, asked, now);
  if (shown.by === 'bearer' && isJobTokenText(shown.text))
    return tokenCaller(env, config, shown.text, asked, now);
  return keyCaller(env, config, shown, asked, now);
}

/** A caller by a token for one job, which may do what its key may by now, for as long as the job's tokens stand. */
async function tokenCaller(
  env: Env,
  config: Config,
  text: string,
  asked: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  const bearer = await authenticateToken(env, config, text, now);
  if (!bearer.ok || bearer.value === null) return bearer.ok ? ok(null) : bearer;
  const caller: Caller = {
    env,
    config,
    ...bearer.value,
    async renew(later) {
      const again = await authenticateToken(env, config, text, later, RENEWAL_AGE);
      if (!again.ok) return untold(again.rejection);
      return takesOver(caller, again.value?.principal ?? null, asked) && jobTokensStand(caller);
    },
  };
  return ok(caller);
}

function lookUpOf({ by, text }: Credential): typeof authenticate {
  if (by === 'own') return authenticateSession;
  return isFilterTokenText(text) ? authenticateFilterToken : authenticate;
}

/**
 * A caller by a key, or by what stands for one. One that reaches fewer jobs at its renewal comes again: what is open was
 * opened with more.
 */
async function keyCaller(
  env: Env,
  config: Config,
  shown: Credential,
  asked: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  const lookUp = lookUpOf(shown);
  const found = await lookUp(env, config, shown.text, now);
  if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
  const caller: Caller = {
    env,
    config,
    principal: found.value,
    async renew(later) {
      const again = await lookUp(env, config, shown.text, later, RENEWAL_AGE);
      if (!again.ok) return untold(again.rejection);
      const narrower = isWider(caller.principal.job_types ?? null, again.value?.job_types ?? null);
      return takesOver(caller, again.value, asked) && !narrower;
    },
  };
  return ok(caller);
}

/** A caller by a session, until that ends. One that can't be confirmed at its renewal is refused for now: it may stand yet. */
async function sessionCaller(
  env: Env,
  config: Config,
  shown: Credential,
  asked: CallerAsk,
  now: number,
): Promise<Result<Caller | null>> {
  const { acts, keepAlive } = asked;
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
      if (!again.ok) return again.rejection;
      return takesOver(caller, again.value, asked);
    },
  };
  return ok(caller);
}

/** What a credential that can't be looked at now is worth: it stands until it can. Its organization may be suspended. */
function untold(rejection: Rejection): Rejection | true {
  return isShut(rejection) ? rejection : true;
}

/**
 * Has a caller be whom its credential stands for by now, and tells whether that one may still do what was asked for, in the
 * same organization: what is open was opened there.
 */
function takesOver(caller: Caller, by: Principal | null, { needed, also }: CallerAsk): boolean {
  if (by === null || by.organization !== caller.principal.organization) return false;
  caller.principal = by;
  const may = (permission: string) => by.permissions.some((one) => one === permission);
  return (needed.includes('any') || needed.some(may)) && (also === undefined || may(also));
}
