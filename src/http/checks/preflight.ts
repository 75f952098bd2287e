import type { Check } from './check';
import { ANY_ORIGIN } from './open-to-pages';

/** What a page may send whatever it asks for, so that one answer does for what it sends later. */
const ALWAYS = [
  'authorization',
  'cache-control',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'prefer',
];
/** The name of a header. Source: RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;
/** Names of a question that are answered: tracing adds two or three. */
const MOST_NAMES = 50;

/**
 * Answers a browser's question (Fetch, CORS-preflight) whether a page of another origin may send the methods that take
 * tokens to a path, and with which headers: any, since what opens the path is the token alone. It carries no credential.
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
      'Access-Control-Max-Age': '86400',
      Vary: 'Access-Control-Request-Headers',
    };
    return ({ incoming }) => {
      if (!isPreflight(incoming)) return null;
      const allowed = [...new Set([...ALWAYS, ...askedFor(incoming.headers)])].join(', ');
      return { status: 204, body: null, headers: { ...headers, 'Access-Control-Allow-Headers': allowed } };
    };
  },
};

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('Origin') && headers.has('Access-Control-Request-Method');
}

/** The headers that a page would send. What is no name of one is left out. */
function askedFor(headers: Headers): string[] {
  const names = (headers.get('Access-Control-Request-Headers') ?? '').toLowerCase().split(',', MOST_NAMES);
  return names.map((name) => name.trim()).filter((name) => NAME.test(name));
}
