import { parseBody, parseText } from '../read-body';
import type { Check } from './check';

export const bodySyntax: Check = {
  name: 'the body is JSON, where it is no text',
  refuses: ['malformed_json'],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    const { text, optional = false } = body;
    return (exchange) => {
      const parsed = text ? parseText(exchange.raw) : parseBody(exchange.raw, optional);
      if ('code' in parsed) return parsed;
      exchange.json = parsed.json;
      return null;
    };
  },
};
