import { lapsedMeanwhile } from '../../services/access/lapse';
import { readBody } from '../read-body';
import type { Check } from './check';

export const bodySize: Check = {
  name: 'the body is all there and not too large, and came while its credential stood',
  refuses: [
    ...(['body_too_large', 'invalid_request', 'request_timeout'] as const),
    ...(['unauthenticated', 'organization_suspended'] as const),
  ],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    return async (exchange) => {
      const raw = await readBody(exchange.incoming, body.endBytes ?? body.maxBytes);
      if ('code' in raw) return raw;
      exchange.raw = raw;
      return exchange.caller === null ? null : lapsedMeanwhile(exchange.caller);
    };
  },
};
