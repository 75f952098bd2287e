/** Headers of an endpoint's own, sent with each delivery: by name, as they were given. */
export type OwnHeaders = Record<string, string>;

export const OWN_HEADERS = 5;
const NAME_LIMIT = 100;
const VALUE_LIMIT = 1_000;
/** A token by HTTP. Source: RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
/** Those of the message and its connection, which the service sets, and those that a proxy on the way acts on. */
const RESERVED =
  /^(?:host|content-.*|transfer-encoding|connection|webhook-.*|keep-alive|te|trailer|upgrade|expect|proxy-.*|cf-.*)$/i;

/** What is wrong with headers that an endpoint is to have, by name; the empty name is of all of them. */
export function faultsOf(headers: OwnHeaders): { name: string; message: string }[] {
  const names = Object.keys(headers);
  const faults: { name: string; message: string }[] = [];
  if (names.length > OWN_HEADERS) faults.push({ name: '', message: `must be at most ${OWN_HEADERS}` });
  for (const [name, value] of Object.entries(headers).slice(0, OWN_HEADERS)) {
    const message = faultOf(name, value, names);
    if (message !== null) faults.push({ name, message });
  }
  return faults;
}

function faultOf(name: string, value: string, names: readonly string[]): string | null {
  if (name.length > NAME_LIMIT || !NAME.test(name)) return 'must have a name that HTTP allows';
  if (RESERVED.test(name)) return 'must not be a header that the service or the connection sets';
  if (names.some((other) => other !== name && other.toLowerCase() === name.toLowerCase()))
    return 'must be given once';
  if (value.length > VALUE_LIMIT || !VALUE.test(value))
    return `must be 1 to ${VALUE_LIMIT} printable ASCII characters, none of them a space at either end`;
  return null;
}
