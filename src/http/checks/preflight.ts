import type { Check } from './check';
import { ANY_ORIGIN } from './open-to-pages';

const ASKED = ['Authorization', 'Cache-Control', 'Content-Type', 'Idempotency-Key', 'If-None-Match'];

/**
 * Answers a browser's question (Fetch, CORS-preflight) whether a page of another origin may send the methods that take
 * tokens to a path. It carries no credential.
 */
export const preflight: Check = {
  name: 'a browser asks what a page may send',
  refuses: [],
  at({ here, endpoint }) {
    const methods = here.filter(({ token }) => token !== undefined).map(({ method }) => method);
    if (endpoint !== null || methods.length === 0) return null;
    const headers = {
      ...ANY_ORIGIN,
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': [...ASKED, 'Last-Event-ID', 'Prefer'].join(', '),
      'Access-Control-Max-Age': '86400',
    };
    return ({ incoming }) => (isPreflight(incoming) ? { status: 204, body: null, headers } : null);
  },
};

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('Origin') && headers.has('Access-Control-Request-Method');
}
