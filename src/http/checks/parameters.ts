import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

/** The most parameters that a query may have. */
export const MOST_PARAMETERS = 100;

export const parameters: Check = {
  name: 'the query has no more parameters than anyone needs',
  refuses: ['validation_failed'],
  at({ checked }) {
    if (checked === null) return null;
    return ({ search }) => {
      if (search === null || search.size <= MOST_PARAMETERS) return null;
      const message = `must have at most ${MOST_PARAMETERS} parameters`;
      return reject('validation_failed', `The query ${message}.`, [{ path: '', message }]);
    };
  },
};
