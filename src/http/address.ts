import type { Config } from '../config';
import { ipv6GroupsOf } from '../domain/base/ipv6';

/** What of a request tells where it came from. */
export interface Incoming {
  headers: Headers;
  /** There where the platform has taken the request in. */
  cf?: unknown;
}

/**
 * The address that a request came from, as somebody says who can be believed: the platform, or the proxy of one's own that
 * `TRUST_PROXY` stands for, which adds the address it saw last. Null where nobody does.
 */
export function addressOf(
  { headers, cf }: Incoming,
  { trustProxy }: Pick<Config, 'trustProxy'>,
): string | null {
  if (trustProxy) return lastOf(headers.get('X-Forwarded-For') ?? '');
  return cf === undefined ? null : headers.get('CF-Connecting-IP');
}

/** What stands for whoever has an address: itself, or of IPv6 the /64, which is one household’s or one machine’s. */
export function householdOf(address: string): string {
  const groups = ipv6GroupsOf(address);
  if (groups === null) return address;
  const first = groups.slice(0, 4).map((group) => group.toString(16));
  return `${first.join(':')}::/64`;
}

function lastOf(list: string): string | null {
  return list.slice(list.lastIndexOf(',') + 1).trim() || null;
}
