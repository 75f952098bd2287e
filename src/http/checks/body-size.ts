import { readBody } from '../read-body';
import type { Check } from './check';

export const bodySize: Check = {
  name: 'the body is all there and not too large',
  refuses: ['body_too_large', 'invalid_request', 'request_timeout'],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    return async (exchange) => {
      const raw = await readBody(exchange.incoming, body.endBytes ?? body.maxBytes);
      if ('code' in raw) return raw;
      exchange.raw = raw;
      return null;
    };
  },
};
