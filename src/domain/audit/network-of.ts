import { ipv6GroupsOf } from '../base/ipv6';

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * The network that an address is of, as an audit record keeps it: `203.0.113.0/24`, `2001:db8:1::/48`; null for what is no
 * address. An IPv4 address within IPv6 counts as IPv4.
 */
export function networkOf(address: string): string | null {
  const mapped = /^(?:\[)?::ffff:([\d.]+)(?:\])?$/i.exec(address.trim())?.[1];
  const text = mapped ?? address.trim();
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (octets !== undefined)
    return octets.every((octet) => octet <= 255) ? `${octets.slice(0, 3).join('.')}.0/24` : null;
  const groups = ipv6GroupsOf(text);
  if (groups === null) return null;
  const first = groups.slice(0, 3);
  while (first.at(-1) === 0) first.pop();
  return `${first.map((group) => group.toString(16)).join(':')}::/48`;
}
