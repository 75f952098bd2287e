import type { Endpoint, Reply } from './endpoint';

/** An answer to a token is for any page: what opens it is the token alone, never a cookie. */
export const ANY_ORIGIN: Record<string, string> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'ETag, Idempotency-Replayed, Job-Revision, Job-Status, Preference-Applied, Retry-After, X-Request-Id',
};

const ASKED = ['Authorization', 'Cache-Control', 'Content-Type', 'Idempotency-Key', 'If-None-Match'];

/**
 * The answer to a browser's question (Fetch, CORS-preflight) whether a page of another origin may send the methods that
 * take tokens to a path; null where the request is no such question, or where none does. It carries no credential.
 */
export function preflight(endpoints: readonly Endpoint[], request: Request): Reply | null {
  const { method, headers } = request;
  const asks = method === 'OPTIONS' && headers.has('Origin') && headers.has('Access-Control-Request-Method');
  const methods = endpoints.filter(({ token }) => token !== undefined).map((endpoint) => endpoint.method);
  if (!asks || methods.length === 0) return null;
  return {
    status: 204,
    body: null,
    headers: {
      ...ANY_ORIGIN,
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': [...ASKED, 'Last-Event-ID', 'Prefer'].join(', '),
      'Access-Control-Max-Age': '86400',
    },
  };
}
