import type { Config } from '../config';
import { isSecure } from './origin';

type Fields = Record<string, string>;

/** Puts an answer's own headers among all that it bears. */
export type Dress = (own: Fields) => Fields;

/**
 * What every answer bears beside its time: it is what its type says, tells no page where it leads from, and is for no page of another
 * origin, unless its checks open it to them. Source: Fetch, CORP and `nosniff`; Referrer Policy; RFC 6797.
 */
const ALWAYS: Fields = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
/** For a year a browser asks by https alone once it has done so. */
const HTTPS_ALONE = 'max-age=31536000';

/** The headers of the answer to `incoming`: its `own`, and `added` by its checks, which win; `Vary` names what either does. */
export function answerHeaders(
  incoming: Request,
  config: Pick<Config, 'trustProxy'>,
  requestId: string,
  own: Fields,
  added: Fields | null,
): Fields {
  // Source: RFC 9110, 6.6.1. The runtime puts none there.
  const time = new Date().toUTCString();
  const headers: Fields = { ...ALWAYS, Date: time, 'X-Request-Id': requestId, ...own, ...added };
  if (isSecure(incoming.url, incoming.headers, config)) headers['Strict-Transport-Security'] = HTTPS_ALONE;
  if (own.Vary !== undefined && added?.Vary !== undefined) headers.Vary = `${own.Vary}, ${added.Vary}`;
  return headers;
}
