import { lapsedMeanwhile } from '../../services/access/lapse';
import { readBody } from '../read-body';
import type { Check } from './check';

export const bodySize: Check = {
  name: 'the body is all there and not too large, there is room for it, and it came while its credential stood',
  refuses: [
    ...(['body_too_large', 'invalid_request', 'request_timeout'] as const),
    ...(['overloaded', 'unauthenticated', 'organization_suspended', 'unavailable'] as const),
  ],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    return async (exchange) => {
      const { incoming, sender } = exchange;
      const raw = await readBody(incoming, body.endBytes ?? body.maxBytes, sender, exchange);
      if ('code' in raw) return raw;
      exchange.raw = raw;
      return exchange.caller === null ? null : lapsedMeanwhile(exchange.caller);
    };
  },
};
