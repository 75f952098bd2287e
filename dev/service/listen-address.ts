/** Where the service listens, as workerd and as a client of this machine writes it. */
import { isIP } from 'node:net';
import { Complaint } from '../command-line.ts';

export const LOOPBACK = '127.0.0.1';

/** The address in `HOST`, loopback where it is unset. A name would be looked up, and may be another tomorrow. */
export function hostFromEnvironment(): string {
  const host = process.env.HOST || LOOPBACK;
  if (isIP(host) !== 0) return host;
  throw new Complaint(
    `HOST is ${JSON.stringify(host)}; it takes an IP address: ${LOOPBACK} for this machine alone, 0.0.0.0 or :: for all.`,
  );
}

/** `host:port`, an IPv6 address in brackets. */
export function addressOf(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where this machine reaches what listens on `host`: all addresses are reached by loopback. */
export function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? LOOPBACK : host === '::' ? '::1' : host;
  return `http://${addressOf(reached, port)}`;
}
