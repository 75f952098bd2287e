import { opens } from '../../domain/access/token';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { Caller } from '../../services/access/caller';
import type { Endpoint } from '../endpoint';
import type { Check } from './check';

/** What of an endpoint says whom it is open to. */
export type Guarded = Pick<Endpoint, 'method' | 'access' | 'orAccess' | 'also' | 'token'>;

export const permission: Check = {
  name: 'the caller may do this',
  refuses: ['permission_denied'],
  at({ checked }) {
    if (checked === null || checked.access === 'open' || checked.access === 'admin') return null;
    return ({ caller }) => (caller === null ? null : closedTo(caller, checked));
  },
};

/** Why an endpoint is closed to a caller of its organization; null where it is open. */
export function closedTo({ principal, token }: Caller, endpoint: Guarded): Rejection | null {
  const { access, orAccess, also } = endpoint;
  const shown = token ?? principal.filter_token;
  const closed = shown === undefined ? null : closedToToken(shown, endpoint);
  if (closed !== null) return closed;
  const { permissions } = principal;
  const may =
    access === 'any' || permissions.some((permission) => permission === access || permission === orAccess);
  if (may && (also === undefined || permissions.includes(also))) return null;
  const own = principal.actor.kind === 'member' ? 'This session' : 'This key';
  const whose = shown === undefined ? own : 'The key that made this token';
  return reject('permission_denied', `${whose} lacks the permission ${may ? also : access}.`);
}

/** Why this endpoint is closed to a token, whatever key made it; null where it is open. */
function closedToToken(
  token: NonNullable<Caller['token'] | Caller['principal']['filter_token']>,
  { method, token: taken }: Guarded,
): Rejection | null {
  const forOne = 'job_id' in token;
  if (taken !== undefined && opens(token.scope, taken.scope) && !(forOne && taken.lists)) {
    if (taken.from !== 'path' || method !== 'GET' || (forOne && token.allow_get)) return null;
    return reject('permission_denied', 'This token was made without allow_get: use POST.');
  }
  return reject('permission_denied', `A token of scope ${token.scope} does not open this.`);
}
