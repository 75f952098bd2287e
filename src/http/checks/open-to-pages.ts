import { listedOrigin } from '../page-origin';
import { opensToCookies, showsToken } from '../presented-credential';
import type { Check } from './check';

const EXPOSED =
  'ETag, Idempotency-Replayed, Job-Revision, Job-Status, Link, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';

/** An answer to a token is for any page: what opens it is the token alone, never a cookie. */
export const ANY_ORIGIN: Record<string, string> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED,
};
const ANY_PAGE = { 'Cross-Origin-Resource-Policy': 'cross-origin' };

/** An answer to what the browser of a listed page sends by itself is for that page. */
export function thisOrigin(origin: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED,
  };
}

export const openToPages: Check = {
  name: 'any page may read a file and what answers a token, a listed one what answers a cookie',
  refuses: [],
  at({ checked }) {
    if (checked?.forAnyPage) {
      return (exchange) => {
        exchange.add({ ...ANY_ORIGIN, ...ANY_PAGE });
        return null;
      };
    }
    if (checked === null || (checked.token === undefined && !opensToCookies(checked))) return null;
    const isPicture = checked.replies[200]?.contentType?.startsWith('image/') ?? false;
    const toCookies = opensToCookies(checked);
    return (exchange) => {
      const { credential, ambient, config } = exchange;
      if (toCookies) exchange.add({ Vary: config.sessions.vary });
      const listed = toCookies ? listedOrigin(exchange) : null;
      const token = showsToken(checked, credential);
      if (listed !== null) exchange.add(thisOrigin(listed));
      else if (token) exchange.add(ANY_ORIGIN);
      // A picture that a cookie opened is for its owner's eyes.
      if (token || (isPicture && !ambient)) exchange.add(ANY_PAGE);
      return null;
    };
  },
};
