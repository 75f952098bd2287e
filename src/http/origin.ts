import type { Config } from '../config';
import { LOOPBACK } from '../domain/base/web-address';

/**
 * Where the links of an answer lead: `https://host[:port]`, which `PUBLIC_URL` says. Without it a request names the host,
 * unless `OWN_HOSTS` does not: then it is the first of those. `X-Forwarded-Proto` counts where `TRUST_PROXY` says that a proxy of one's own sets it.
 */
export function originOf(
  url: string,
  headers: Headers,
  { ownHosts, publicOrigin, trustProxy }: Pick<Config, 'ownHosts' | 'publicOrigin' | 'trustProxy'>,
): string {
  if (publicOrigin !== null) return publicOrigin;
  const { host, protocol } = new URL(url);
  const [first = host] = ownHosts;
  const shown = ownHosts.some((own) => own.toLowerCase() === host) ? host : first;
  return `${(trustProxy && forwarded(headers)) || protocol}//${shown}`;
}

/**
 * The same for what was made at `servedAt` (an origin; null where nobody knows): its links and signed URLs stay those that
 * were given out, whatever host a request names now, for as long as `OWN_HOSTS` has it.
 */
export function originServing(
  servedAt: string | null,
  url: string,
  headers: Headers,
  config: Pick<Config, 'ownHosts' | 'publicOrigin' | 'trustProxy'>,
): string {
  const { ownHosts, publicOrigin } = config;
  if (servedAt === null || publicOrigin !== null) return originOf(url, headers, config);
  const { host } = new URL(servedAt);
  const isOwn = ownHosts.length === 0 || ownHosts.some((own) => own.toLowerCase() === host);
  return isOwn ? servedAt : originOf(url, headers, config);
}

/** Whether the request came by https, as far as that can be told here. */
export function isSecure(url: string, headers: Headers, { trustProxy }: Pick<Config, 'trustProxy'>): boolean {
  const shown = trustProxy ? forwarded(headers) : null;
  return shown === null ? url.startsWith('https:') : shown === 'https:';
}

/** Whether a request names this machine alone as its host. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.has(new URL(url).hostname);
}

/** What the proxy says the request came by; null for what is no scheme of HTTP. Of several, the first is the client's. */
function forwarded(headers: Headers): 'https:' | 'http:' | null {
  const [first = ''] = (headers.get('X-Forwarded-Proto') ?? '').split(',', 1);
  const scheme = first.trim().toLowerCase();
  return scheme === 'https' || scheme === 'http' ? `${scheme}:` : null;
}
