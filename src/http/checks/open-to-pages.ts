import { showsToken } from '../presented-credential';
import type { Check } from './check';

/** An answer to a token is for any page: what opens it is the token alone, never a cookie. */
export const ANY_ORIGIN: Record<string, string> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'ETag, Idempotency-Replayed, Job-Revision, Job-Status, Preference-Applied, Retry-After, X-Request-Id',
};

export const openToPages: Check = {
  name: 'any page may read what answers a token',
  refuses: [],
  at({ checked }) {
    if (checked?.token === undefined) return null;
    return (exchange) => {
      if (showsToken(checked, exchange)) exchange.add(ANY_ORIGIN);
      return null;
    };
  },
};
