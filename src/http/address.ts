import type { Config } from '../config';

/** What of a request tells where it came from. */
export interface Sent {
  headers: Headers;
  /** There where the platform has taken the request in. */
  cf?: unknown;
}

/**
 * The address that a request came from, as somebody says who can be believed: the platform, or the proxy of one's own that
 * `TRUST_PROXY` stands for, which adds the address it saw last. Null where nobody does.
 */
export function addressOf({ headers, cf }: Sent, { trustProxy }: Pick<Config, 'trustProxy'>): string | null {
  if (trustProxy) return lastOf(headers.get('X-Forwarded-For') ?? '');
  return cf === undefined ? null : headers.get('CF-Connecting-IP');
}

/** What stands for whoever has an address: itself, or of IPv6 the /64, which is one household’s or one machine’s. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(8 - groups.length - after.length, 0) }, () => '0');
  const all = tail === undefined ? groups : [...groups, ...zeros, ...after];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function lastOf(list: string): string | null {
  return list.slice(list.lastIndexOf(',') + 1).trim() || null;
}
