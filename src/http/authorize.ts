import type { Config, Env } from '../config';
import { opens } from '../domain/access/token';
import { type Rejection, reject } from '../domain/base/rejection';
import { ok, type Result } from '../domain/base/result';
import { authenticate, unauthenticated } from '../services/access/authenticate';
import { authenticateToken } from '../services/access/authenticate-token';
import type { Caller, Principal } from '../services/access/caller';
import { tokenStands } from '../services/access/job-tokens';
import { sameSecret } from '../services/ids/secrets';
import { isTokenText, type JobToken } from '../services/ids/token-text';
import { type Presented, presentedCredential } from './credential';
import type { Endpoint } from './endpoint';

/** How old an answer may be that a held stream's credential is renewed by (ms): many streams of a key share one. */
const RENEWAL_AGE = 1_000;

/** What of an endpoint says whom it is open to. */
export type Guarded = Pick<Endpoint, 'method' | 'access' | 'orAccess' | 'token'>;

/**
 * Who calls, where that may call this endpoint; null for endpoints that take no principal. A present `Authorization`
 * header is the only credential looked at. Source: behaviour §4.
 */
export async function authorize(
  env: Env,
  config: Config,
  endpoint: Guarded,
  request: Presented,
): Promise<{ caller: Caller | null } | Rejection> {
  const { access, orAccess } = endpoint;
  if (access === 'open') return { caller: null };
  const credential = presentedCredential(endpoint, request);
  if (access === 'admin') {
    return credential !== null && (await sameSecret(credential, config.adminToken))
      ? { caller: null }
      : unauthenticated();
  }
  const needed = orAccess === undefined ? [access] : [access, orAccess];
  const found = credential === null ? ok(null) : await callerOf(env, config, credential, needed, Date.now());
  if (!found.ok) return found.rejection;
  const caller = found.value;
  if (caller === null) return unauthenticated();
  const { principal } = caller;
  const selected = request.headers.get('X-Organization-ID');
  if (selected !== null && selected !== principal.organization) {
    return reject(
      'organization_mismatch',
      'X-Organization-ID names an organization that this credential is not of.',
    );
  }
  return closedTo(caller, endpoint) ?? { caller };
}

/** Why an endpoint is closed to a caller of its organization; null where it is open. */
export function closedTo({ principal, token }: Caller, endpoint: Guarded): Rejection | null {
  const { access, orAccess } = endpoint;
  const closed = token === undefined ? null : closedToToken(token, endpoint);
  if (closed !== null) return closed;
  if (principal.permissions.some((permission) => permission === access || permission === orAccess))
    return null;
  const whose = token === undefined ? 'This key' : 'The key that made this token';
  return reject('permission_denied', `${whose} lacks the permission ${access}.`);
}

/** A caller by a key that is looked up anew at its renewal. Where that can't be done then, it stands until it can. */
function keyHolder(
  env: Env,
  config: Config,
  principal: Principal,
  look: (now: number) => Promise<Result<Principal | null>>,
  needed: readonly string[],
): Caller {
  const caller: Caller = {
    ...{ env, config, principal },
    async renew(now) {
      const again = await look(now);
      if (!again.ok) return true;
      if (again.value === null) return false;
      caller.principal = again.value;
      return again.value.permissions.some((one) => needed.includes(one));
    },
  };
  return caller;
}

/** The caller that an API key or a token stands for; null where it stands for none. */
async function callerOf(
  env: Env,
  config: Config,
  credential: string,
  needed: readonly string[],
  now: number,
): Promise<Result<Caller | null>> {
  if (isTokenText(credential)) {
    const bearer = await authenticateToken(env, config, credential, now);
    if (!bearer.ok || bearer.value === null) return bearer.ok ? ok(null) : bearer;
    const { token, principal } = bearer.value;
    return ok({
      ...{ env, config, principal, token },
      renew: (later) => tokenStands(env, config, credential, later, RENEWAL_AGE),
    });
  }
  const principal = await authenticate(env, config, credential, now);
  if (!principal.ok || principal.value === null) return principal.ok ? ok(null) : principal;
  const look = (later: number) => authenticate(env, config, credential, later, RENEWAL_AGE);
  return ok(keyHolder(env, config, principal.value, look, needed));
}

/** Why this endpoint is closed to a token, whatever key made it; null where it is open. */
function closedToToken(token: JobToken, { method, token: taken }: Guarded): Rejection | null {
  if (taken !== undefined && opens(token.scope, taken.scope)) {
    if (taken.from !== 'path' || method !== 'GET' || token.allow_get) return null;
    return reject('permission_denied', 'This token was made without allow_get: use POST.');
  }
  return reject('permission_denied', `A token of scope ${token.scope} does not open this.`);
}
