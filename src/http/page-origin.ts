import { originOf } from './origin';
import type { Presented } from './presented-credential';

type Asking = Pick<Presented, 'url' | 'headers' | 'config'>;

/** The origin of a page that is listed as one which may call with a browser's own credential; null for any other. */
export function listedOrigin({ headers, config }: Asking): string | null {
  const { origins } = config.sessions;
  const origin = origins.length === 0 ? null : headers.get('Origin');
  return origin !== null && origins.includes(origin) ? origin : null;
}

/**
 * Whether a browser says that a page of another origin had it send this. A client that says neither where a request comes
 * from nor what for is no browser. Source: behaviour §4; Fetch Metadata, 2.4.
 */
export function isFromElsewhere(request: Asking): boolean {
  const { headers } = request;
  if (listedOrigin(request) !== null) return false;
  const site = headers.get('Sec-Fetch-Site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = headers.get('Origin');
  return origin !== null && !isOwn(origin, request);
}

/**
 * The service's own origin is where its links lead and what the request names as its host. Plain HTTP that a proxy hands on
 * may have come by https, of which the page of the same host says so; never the other way round.
 */
function isOwn(origin: string, { url, headers, config }: Asking): boolean {
  const named = new URL(url);
  return [originOf(url, headers, config), named.origin, `https://${named.host}`].includes(origin);
}
