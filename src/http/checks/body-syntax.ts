import { parseBody } from '../parse-body';
import type { Check } from './check';
import { unlessTooLarge } from './too-large';

export const bodySyntax: Check = {
  name: 'the body is JSON, in a known charset',
  refuses: ['unsupported_media_type', 'malformed_json'],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined || body.raw) return null;
    const { optional = false } = body;
    return (exchange) => {
      const type = exchange.headers.get('Content-Type');
      const parsed = parseBody(exchange.raw, type, optional);
      if ('code' in parsed) return unlessTooLarge(body, exchange.raw, parsed);
      exchange.json = parsed.json;
      exchange.adjusted = parsed.adjusted;
      return null;
    };
  },
};
