import { reject } from '../../domain/base/rejection';
import { holdsEnd } from '../../domain/door/ends';
import type { Check } from './check';
import { unlessTooLarge } from './too-large';

/** The most parameters that a query may have. */
const MOST_PARAMETERS = 100;

export const parameters: Check = {
  name: 'the query has no more parameters than anyone needs',
  refuses: ['validation_failed'],
  at({ checked }) {
    if (checked === null) return null;
    return ({ search, json, raw }) => {
      // Beside an end they are ignored, as its fields are.
      if (search === null || search.size <= MOST_PARAMETERS || holdsEnd(json)) return null;
      const message = `must have at most ${MOST_PARAMETERS} parameters`;
      const many = reject('validation_failed', `The query ${message}.`, [{ path: '', message }]);
      return unlessTooLarge(checked.body, raw, many);
    };
  },
};
