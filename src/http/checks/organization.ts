import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

/** `X-Organization-ID` only selects among organizations that the caller already has. Source: behaviour §4. */
export const organization: Check = {
  name: 'the organization is the caller’s',
  refuses: ['organization_mismatch'],
  at({ checked }) {
    if (checked === null || checked.access === 'open' || checked.access === 'admin') return null;
    return ({ headers, caller }) => {
      const selected = headers.get('X-Organization-ID');
      if (selected === null || selected === caller?.principal.organization) return null;
      return reject(
        'organization_mismatch',
        'X-Organization-ID names an organization that this credential is not of.',
      );
    };
  },
};
