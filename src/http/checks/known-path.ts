import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

export const knownPath: Check = {
  name: 'there is something at the path',
  refuses: ['not_found'],
  at({ here }) {
    return here.length > 0 ? null : () => reject('not_found', 'There is nothing at this path.');
  },
};
