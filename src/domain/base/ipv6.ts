const GROUPS = 8;

/** The eight groups of an IPv6 address, its brackets and its zone left aside; null for what is none. */
export function ipv6GroupsOf(address: string): number[] | null {
  const bare = address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
  const [text = ''] = bare.split('%', 1);
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
