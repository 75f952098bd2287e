import type { Config, Env } from '../config';
import type { Permission } from '../domain/permission';
import { type Rejection, reject } from '../domain/rejection';
import { authenticate } from '../services/authenticate';
import type { Caller } from '../services/caller';
import { sameSecret } from '../services/secrets';
import type { Endpoint } from './endpoint';

/** How old an answer may be that a held stream's credential is renewed by (ms): many streams of a key share one. */
const RENEWAL_AGE = 1_000;

/**
 * Who calls, where that may call this endpoint; null for endpoints that take no principal. A present `Authorization`
 * header is the only credential looked at. Source: behaviour §4.
 */
export async function authorize(
  env: Env,
  config: Config,
  endpoint: Pick<Endpoint, 'access'>,
  headers: Headers,
): Promise<{ caller: Caller | null } | Rejection> {
  const { access } = endpoint;
  if (access === 'open') return { caller: null };
  const token = bearer(headers);
  if (access === 'admin') {
    return token !== null && (await sameSecret(token, config.adminToken))
      ? { caller: null }
      : unauthenticated();
  }
  const authenticated = token === null ? null : await authenticate(env, config, token, Date.now());
  if (authenticated?.ok === false) return authenticated.rejection;
  const principal = authenticated?.value ?? null;
  if (principal === null) return unauthenticated();
  const selected = headers.get('X-Organization-ID');
  if (selected !== null && selected !== principal.organization) {
    return reject(
      'organization_mismatch',
      'X-Organization-ID names an organization that this credential is not of.',
    );
  }
  if (!principal.permissions.includes(access)) {
    return reject('permission_denied', `This key lacks the permission ${access}.`);
  }
  const renew = (now: number) => stillStands(env, config, token, access, now);
  return { caller: { env, config, principal, renew } };
}

/** Whether a key is still there with its permission. Where that can't be told now, it is until it can. */
async function stillStands(
  env: Env,
  config: Config,
  apiKey: string | null,
  permission: Permission,
  now: number,
): Promise<boolean> {
  const again = apiKey === null ? null : await authenticate(env, config, apiKey, now, RENEWAL_AGE);
  if (again === null) return false;
  return !again.ok || (again.value?.permissions.includes(permission) ?? false);
}

/** One bearer token of one header: two headers arrive joined by a comma, which no token contains. */
function bearer(headers: Headers): string | null {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}

function unauthenticated(): Rejection {
  return reject('unauthenticated', 'Send an API key: Authorization: Bearer hw_…');
}
