import { isIdempotencyKey } from '../../domain/base/idempotency-key';
import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

export const idempotencyKey: Check = {
  name: 'the Idempotency-Key is well-formed',
  refuses: ['invalid_request'],
  at({ checked }) {
    if (!checked?.keyed) return null;
    return (exchange) => {
      const key = exchange.headers.get('Idempotency-Key');
      if (key === null) return null;
      if (!isIdempotencyKey(key)) {
        return reject('invalid_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters.');
      }
      exchange.request = { key, raw: exchange.raw, json: exchange.json };
      return null;
    };
  },
};
