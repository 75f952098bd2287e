import { LOOPBACK } from '../base/web-address';
import { bareHost, portOf } from './spelling';

/** What a destination is judged by. */
export interface DestinationPolicy {
  /**
   * The service's own hosts, `host` or `host:port`: a delivery to itself could go round for ever. A name is refused on
   * every port; of the loopback addresses, which are one host, the port decides.
   */
  ownHosts: readonly string[];
  /** Hosts that the operator allows though they are private, by http too: `name` (on its scheme's own port) or `name:port`. */
  privateHosts: readonly string[];
  /** For development alone: http and the loopback addresses too. */
  allowPrivate: boolean;
}

/** The variables that a policy is read from. */
export interface DestinationVariables {
  /** Hosts under which the service itself is reached, `host` or `host:port`, separated by commas. */
  OWN_HOSTS?: string;
  /** Where the service is reached from outside, `https://host[:port]`: one of its own hosts. */
  PUBLIC_URL?: string;
  /** Hosts that webhooks may go to though they are private, `name` or `name:port`, separated by commas. */
  WEBHOOK_HOSTS?: string;
  /** `1` allows http and loopback destinations: development alone. */
  ALLOW_PRIVATE_WEBHOOKS?: string;
}

/** `listed`: it is one of those that the operator allows though they are private. */
export type Destination = { ok: true; url: URL; listed: boolean } | { ok: false; reason: string };

const URL_LIMIT = 2_048;
const PRIVATE_ZONES = ['localhost', 'local', 'internal'];
const OWN = 'must not be this service itself';

export function destinationPolicy(variables: DestinationVariables): DestinationPolicy {
  const reached = URL.parse(variables.PUBLIC_URL ?? '')?.host;
  return {
    ownHosts: [...listOf(variables.OWN_HOSTS), ...(reached === undefined ? [] : [reached])],
    privateHosts: listOf(variables.WEBHOOK_HOSTS),
    allowPrivate: variables.ALLOW_PRIVATE_WEBHOOKS === '1',
  };
}

/** Whether `host` is what `OWN_HOSTS` and `WEBHOOK_HOSTS` may list. */
export function isHost(host: string): boolean {
  return /^[^\s/?#@\\]+$/.test(host) && readHost(host) !== null;
}

/**
 * Whether a webhook may be sent to `text`, and if not, why not, as the end of a sentence about it. The host is judged
 * as the URL parser reads it: octal, hex, short, percent-encoded and fullwidth spellings of an address are one there.
 * The runtime's own filter of addresses knows ranges alone and lets some through, so every address is refused.
 */
export function checkDestination(text: string, policy: DestinationPolicy): Destination {
  if (text.length > URL_LIMIT) return refused(`must have at most ${URL_LIMIT} characters`);
  if (/[\s\\\p{Cc}]/u.test(text))
    return refused('must not hold white space, control characters or backslashes');
  const url = URL.parse(text);
  if (url === null) return refused('must be an absolute URL');
  const listed = policy.privateHosts.some((host) => isListed(url, host));
  if (url.protocol !== 'https:' && !((policy.allowPrivate || listed) && url.protocol === 'http:'))
    return refused(`must begin with https://${besides(policy)}`);
  if (url.username !== '' || url.password !== '') return refused('must not hold credentials');
  if (text.includes('#')) return refused('must not have a fragment');
  if (isOwn(url, policy)) return refused(OWN);
  if (listed || (policy.allowPrivate && LOOPBACK.has(url.hostname))) return { ok: true, url, listed };
  const reason = badHost(url.hostname);
  return reason === null ? { ok: true, url, listed } : refused(reason + besides(policy));
}

/** A variable that is bound to the environment and not set there is null. */
function listOf(text: string | null | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isListed(url: URL, host: string): boolean {
  const read = readHost(host);
  if (read === null || bareHost(read.hostname) !== bareHost(url.hostname)) return false;
  return read.port === '' ? url.port === '' : read.port === portOf(url);
}

/** What is allowed besides, for whoever was refused. */
function besides({ privateHosts }: DestinationPolicy): string {
  return privateHosts.length === 0 ? '' : `, unless it is one of ${privateHosts.join(', ')}`;
}

/** Of a loopback address the port decides; a name is the service's own on every port. */
function isOwn(url: URL, { ownHosts, allowPrivate, privateHosts }: DestinationPolicy): boolean {
  const open = allowPrivate || privateHosts.length > 0;
  if (open && LOOPBACK.has(url.hostname)) return isOwnLoopback(url, ownHosts);
  return ownHosts.some((own) => bareHost(readHost(own)?.hostname ?? '') === bareHost(url.hostname));
}

function badHost(hostname: string): string | null {
  const host = bareHost(hostname);
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  // A name whose last label is a number is an address to somebody's resolver.
  if (hostname.startsWith('[') || /^(?:\d+|0x[0-9a-f]*)$/.test(last))
    return 'must name its host, not give an address';
  if (labels.length < 2 || labels.includes('')) return 'must name a host with a domain';
  if (PRIVATE_ZONES.includes(last)) return `must not name a host below ${last}`;
  return null;
}

function isOwnLoopback(url: URL, ownHosts: readonly string[]): boolean {
  return ownHosts.some((own) => {
    const read = readHost(own);
    return read !== null && LOOPBACK.has(read.hostname) && portOf(read) === portOf(url);
  });
}

/** A host as the URL parser reads it; null where it is none. */
function readHost(host: string): URL | null {
  return URL.parse(`http://${host}`);
}

function refused(reason: string): Destination {
  return { ok: false, reason };
}
