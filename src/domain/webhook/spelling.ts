/** The spellings of URLs that are one: the parser leaves the dot that ends an absolute name, and a scheme's port unsaid. */

/** Without the dot that ends an absolute name. */
export function bareHost(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** The port as it is, or its scheme's. */
export function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

/** A URL in the one spelling of all that are the same; null where it is none. */
export function plainUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url !== null) url.hostname = bareHost(url.hostname);
  return url;
}
