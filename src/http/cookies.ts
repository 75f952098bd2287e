/** What a cookie's value may be here: a token or a JWT. No quote, space, comma or semicolon is in one. */
const VALUE = /^[\w.~+/=-]{1,8192}$/;

/**
 * The value of the cookie `name`: undefined where there is none, null where it is not exactly one good value. Fields that
 * are sent twice arrive joined by a comma, so a name behind a comma counts as well. Source: RFC 6265, 4.2.1.
 */
export function cookieIn(header: string, name: string): string | null | undefined {
  const places = header.split(/[;,]/).filter((piece) => nameOf(piece) === name).length;
  if (places === 0) return undefined;
  const piece = header.split(';').find((one) => nameOf(one) === name);
  const value = piece === undefined ? '' : piece.slice(piece.indexOf('=') + 1).trim();
  return places === 1 && VALUE.test(value) ? value : null;
}

/** One without a name is a value alone. */
function nameOf(piece: string): string {
  return piece.includes('=') ? (piece.split('=', 1)[0] ?? '').trim() : '';
}
