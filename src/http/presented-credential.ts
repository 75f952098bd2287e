import type { Config } from '../config';
import { isBearerText } from '../domain/access/root-secret';
import { isFilterTokenText } from '../services/ids/credential-text';
import { isJobTokenText } from '../services/ids/token-text';
import { cookieIn } from './cookies';
import type { Endpoint } from './endpoint';
import { isLoopback, isSecure } from './origin';

/**
 * Where a credential stood: in an `Authorization` header or the address; in the header that `SESSION_HEADER` names; or in
 * a cookie, our own or one of a provider's: of the session, or of its JWT alone.
 */
export type CredentialPlace = 'bearer' | 'header' | 'own' | 'session' | 'session_jwt';

/** What a request shows of who sends it. */
export interface Credential {
  by: CredentialPlace;
  text: string;
}

/** Where a request may show who sends it. */
export interface Presented {
  config: Config;
  url: string;
  headers: Headers;
  /** The query's parameters; null for none. Read only where a token may stand in them. */
  search: URLSearchParams | null;
  params: Record<string, string>;
}

/** Our own cookie. The prefix has a browser take it from this host alone, over https, for every path. */
export const OWN_COOKIE = '__Host-headway_session';
/** Its name on plain-http loopback, where no browser takes the other. */
const OWN_LOOPBACK_COOKIE = 'headway_session';

/**
 * The one credential that a request shows to an endpoint, or null. A present `Authorization` header is the only one
 * looked at; `?token=` is one on endpoints that say so; in a path it is the only one. An address takes tokens alone:
 * a key in one is none. Without either it is what a browser sends by itself, the operator's routes excepted.
 */
export function presentedCredential(
  endpoint: Pick<Endpoint, 'access' | 'token'>,
  request: Presented,
): Credential | null {
  const { token } = endpoint;
  if (token?.from === 'path') return bearer(tokenOrNull(request.params.token));
  if (request.headers.has('Authorization')) return bearer(authorization(request.headers));
  const shown = token?.from === 'query' ? (request.search?.getAll('token') ?? []) : [];
  if (shown.length > 0) return bearer(shown.length === 1 ? tokenOrNull(shown[0]) : null);
  return opensToCookies(endpoint) ? ambientCredential(request) : null;
}

/** Whether a browser sends the credential by itself, whatever page asks it to. Source: behaviour §4. */
export function isAmbient(credential: Credential | null): boolean {
  return credential !== null && credential.by !== 'bearer';
}

/** Whether such a credential can open an endpoint. */
export function opensToCookies({ access, token }: Pick<Endpoint, 'access' | 'token'>): boolean {
  return access !== 'open' && access !== 'admin' && token?.from !== 'path';
}

/** Whether what a request shows is a token, a good one or not: any page may read the answer. */
export function showsToken({ token }: Pick<Endpoint, 'token'>, credential: Credential | null): boolean {
  return token?.from === 'path' || (credential?.by === 'bearer' && isTokenText(credential.text));
}

/** Whether a credential is meant to be a token of either kind, a good one or not. */
function isTokenText(text: string): boolean {
  return isJobTokenText(text) || isFilterTokenText(text);
}

/** The name of our own cookie for whoever calls by `url`, and whether it is for https alone. */
export function ownCookie({ url, headers, config }: Pick<Presented, 'url' | 'headers' | 'config'>): {
  name: string;
  secure: boolean;
} {
  const secure = isSecure(url, headers, config) || !isLoopback(url);
  return { name: secure ? OWN_COOKIE : OWN_LOOPBACK_COOKIE, secure };
}

/** The first that is there, and no other, a good one or not. */
function ambientCredential(request: Presented): Credential | null {
  const { headers, config } = request;
  const asserted = config.sessions.header === null ? null : headers.get(config.sessions.header);
  if (asserted !== null) return known('header', /^[\w-]+(?:\.[\w-]+){2}$/.test(asserted) ? asserted : null);
  const cookies = headers.get('Cookie');
  if (cookies === null) return null;
  const places: [string, CredentialPlace][] = [
    [OWN_COOKIE, 'own'],
    ...(ownCookie(request).secure ? [] : [[OWN_LOOPBACK_COOKIE, 'own'] as [string, CredentialPlace]]),
    ['stytch_session', 'session'],
    ['stytch_session_jwt', 'session_jwt'],
  ];
  for (const [name, by] of places) {
    const value = cookieIn(cookies, name);
    if (value !== undefined) return known(by, value);
  }
  return null;
}

function known(by: CredentialPlace, text: string | null): Credential | null {
  return text === null ? null : { by, text };
}

function bearer(text: string | null): Credential | null {
  return known('bearer', text);
}

function tokenOrNull(text: string | undefined): string | null {
  return text !== undefined && isTokenText(text) ? text : null;
}

/** One bearer token of one header: two headers arrive joined by a comma, which no token contains. */
function authorization(headers: Headers): string | null {
  const text = /^Bearer +(\S+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? '';
  return isBearerText(text) ? text : null;
}
