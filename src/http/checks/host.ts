import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

/** `host[:port]`: a name, an IPv4 address, or an IPv6 address in brackets. Source: RFC 9112 §3.2, RFC 9110 §7.2. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9._])?|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?$/i;
/** A name has 253 characters at most, and a port six. */
const LONGEST = 259;

function isHost(named: string): boolean {
  const found = named.length <= LONGEST ? HOST.exec(named) : null;
  return found !== null && Number(found[1] ?? 0) <= 65_535;
}

/** The runtime puts a request's URL together from its Host, so one that holds more than a host would say what the path is. */
export const host: Check = {
  name: 'the Host is one',
  refuses: ['invalid_request'],
  at() {
    return ({ headers }) => {
      const named = headers.get('Host');
      if (named === null || isHost(named)) return null;
      return reject('invalid_request', 'The Host header must be one host, with a port or without.');
    };
  },
};
