import { isIdempotencyKey } from '../../domain/base/idempotency-key';
import { reject } from '../../domain/base/rejection';
import { holdsEnd } from '../../domain/door/ends';
import type { Check } from './check';
import { unlessTooLarge } from './too-large';

const BAD_KEY = reject('invalid_request', 'Idempotency-Key must be 1 to 255 printable ASCII characters.');

export const idempotencyKey: Check = {
  name: 'the Idempotency-Key is well-formed',
  refuses: ['invalid_request'],
  at({ checked }) {
    if (!checked?.keyed) return null;
    const { body } = checked;
    return (exchange) => {
      const key = exchange.headers.get('Idempotency-Key');
      if (key === null) return null;
      if (!isIdempotencyKey(key)) {
        const { raw, json } = exchange;
        return holdsEnd(json) ? BAD_KEY : unlessTooLarge(body, raw, BAD_KEY);
      }
      exchange.request = { key, raw: exchange.raw, json: exchange.json };
      return null;
    };
  },
};
