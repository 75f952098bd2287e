import { isTokenText } from '../services/ids/token-text';
import type { Endpoint } from './endpoint';

/** Where a request may show who sends it. */
export interface Presented {
  headers: Headers;
  /** The query's parameters; null for none. Read only where a token may stand in them. */
  search: URLSearchParams | null;
  params: Record<string, string>;
}

/**
 * The one credential that a request shows to an endpoint, or null. A present `Authorization` header is the only one
 * looked at; `?token=` is one on endpoints that say so; in a path it is the only one. An address takes tokens alone:
 * a key in one is none.
 */
export function presentedCredential({ token }: Pick<Endpoint, 'token'>, request: Presented): string | null {
  if (token?.from === 'path') return tokenOrNull(request.params.token);
  if (request.headers.has('Authorization')) return bearer(request.headers);
  const [shown, more] = (token?.from === 'query' && request.search?.getAll('token')) || [];
  return more === undefined ? tokenOrNull(shown) : null;
}

/** Whether a request shows a token, a good one or not: any page may read the answer. */
export function showsToken(endpoint: Pick<Endpoint, 'token'>, request: Presented): boolean {
  const credential = presentedCredential(endpoint, request);
  return endpoint.token?.from === 'path' || (credential !== null && isTokenText(credential));
}

function tokenOrNull(text: string | undefined): string | null {
  return text !== undefined && isTokenText(text) ? text : null;
}

/** One bearer token of one header: two headers arrive joined by a comma, which no token contains. */
function bearer(headers: Headers): string | null {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}
