const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUPS = 8;

/**
 * The network that an address is of, as a record keeps it: `203.0.113.0/24`, `2001:db8:1::/48`; null for what is no
 * address. An IPv4 address within IPv6 counts as IPv4.
 */
export function networkOf(address: string): string | null {
  const mapped = /^(?:\[)?::ffff:([\d.]+)(?:\])?$/i.exec(address.trim())?.[1];
  const text = mapped ?? address.trim();
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (octets !== undefined)
    return octets.every((octet) => octet <= 255) ? `${octets.slice(0, 3).join('.')}.0/24` : null;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const [withoutZone = ''] = bare.split('%', 1);
  const groups = groupsOf(withoutZone);
  if (groups === null) return null;
  const first = groups.slice(0, 3);
  while (first.at(-1) === 0) first.pop();
  return `${first.map((group) => group.toString(16)).join(':')}::/48`;
}

/** The eight groups of an IPv6 address; null for what is none. */
function groupsOf(text: string): number[] | null {
  if (!/^[\da-f:]{2,39}$/i.test(text)) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...head, ...tail];
  if (given.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return null;
  const missing = GROUPS - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const zeros = Array.from({ length: missing }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
