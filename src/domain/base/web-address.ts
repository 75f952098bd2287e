import { text } from './text';

/** Characters of a link: what browsers and chats take without cutting it. */
const MOST = 1_000;

/** The hosts of an address that name this machine alone. */
export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An http(s) address without credentials in it, as it was given. */
export const webAddress = text(MOST, 1)
  .refine((value) => linkOf(value) !== null, {
    error: 'must be an http or https address without a user name or password',
  })
  .meta({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' });

/** A web address in ASCII, as a link takes it; null where it is none. */
export function linkOf(address: string): string | null {
  // A parser passes over blanks and controls in it, which readers of other kinds do not.
  if (/[\p{Cc}\s]/u.test(address) || !/^https?:\/\//i.test(address)) return null;
  const url = URL.parse(address);
  return url === null || url.username !== '' || url.password !== '' ? null : url.href;
}
