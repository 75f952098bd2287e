import { reject } from '../../domain/base/rejection';
import { methodsOf } from '../route';
import type { Check } from './check';

export const knownMethod: Check = {
  name: 'the path has the method',
  refuses: ['method_not_allowed'],
  at({ here, endpoint }) {
    if (endpoint !== null) return null;
    const Allow = here.flatMap(methodsOf).join(', ');
    return (exchange) => {
      exchange.add({ Allow });
      const { method } = exchange.incoming;
      return reject('method_not_allowed', `${method} is not allowed here; allowed: ${Allow}.`);
    };
  },
};
