import { reject } from '../../domain/base/rejection';
import type { Endpoint } from '../endpoint';
import { EVENT_STREAM } from '../event-stream';
import { isFromElsewhere } from '../page-origin';
import { opensToCookies } from '../presented-credential';
import type { Check } from './check';

/** What a browser sends by itself is no proof that its owner wants it sent. Source: behaviour §4. */
export const pageOrigin: Check = {
  name: 'a page acts for whom its browser knows on its own origin alone',
  refuses: ['origin_not_allowed'],
  at({ checked }) {
    if (checked === null || !opensToCookies(checked)) return null;
    if (checked.method === 'GET' && !staysOpen(checked)) return null;
    return (exchange) => {
      if (!exchange.ambient || !isFromElsewhere(exchange)) return null;
      return reject(
        'origin_not_allowed',
        'A page of another origin can’t do this with a cookie: send a key or token as Authorization: Bearer.',
      );
    };
  },
};

/** A stream or a socket: to open one is more than to read, and no rule of browsers keeps a page from reading a socket. */
function staysOpen({ upgrades, replies }: Endpoint): boolean {
  return upgrades === true || replies[200]?.contentType === EVENT_STREAM;
}
