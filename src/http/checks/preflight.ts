import type { Config } from '../../config';
import type { Endpoint } from '../endpoint';
import { listedOrigin } from '../page-origin';
import { opensToCookies } from '../presented-credential';
import type { Check } from './check';
import { ANY_ORIGIN, thisOrigin } from './open-to-pages';

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
const ASKED = 'Access-Control-Request-Headers';
/** Names of a question that are answered: tracing adds two or three. */
const MOST_NAMES = 50;

/**
 * Answers a browser's question (Fetch, CORS-preflight) whether a page of another origin may send the methods that a path
 * has, and with which headers: any page those that take tokens, since what opens the path is the token alone, and a listed
 * one all that take cookies. The question carries no credential.
 */
export const preflight: Check = {
  name: 'a browser asks what a page may send',
  refuses: [],
  at({ here, endpoint }) {
    const toAny = methodsOf(here.filter(({ token }) => token !== undefined));
    const toListed = methodsOf(here.filter((one) => one.token !== undefined || opensToCookies(one)));
    if (endpoint !== null || toListed === '') return null;
    return (exchange) => {
      if (!isPreflight(exchange.incoming)) return null;
      const listed = here.some(opensToCookies) ? listedOrigin(exchange) : null;
      const methods = listed === null ? toAny : toListed;
      if (methods === '') return null;
      const headers = {
        ...(listed === null ? ANY_ORIGIN : thisOrigin(listed)),
        'Access-Control-Allow-Methods': methods,
        'Access-Control-Allow-Headers': [...new Set([...ALWAYS, ...askedFor(exchange.headers)])].join(', '),
        'Access-Control-Max-Age': '86400',
        Vary: varyOf(exchange.config),
      };
      return { status: 204, body: null, headers };
    };
  },
};

function methodsOf(endpoints: readonly Endpoint[]): string {
  return endpoints.map(({ method }) => method).join(', ');
}

function varyOf({ sessions }: Config): string {
  return sessions.origins.length === 0 ? ASKED : `${ASKED}, Origin`;
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('Origin') && headers.has('Access-Control-Request-Method');
}

/** The headers that a page would send. What is no name of one is left out. */
function askedFor(headers: Headers): string[] {
  const names = (headers.get(ASKED) ?? '').toLowerCase().split(',', MOST_NAMES);
  return names.map((name) => name.trim()).filter((name) => NAME.test(name));
}
