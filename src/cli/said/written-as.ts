/** A line of base64 is so long where programs break it: `base64`, and `openssl` and the keys that it writes. */
const WIDTHS = [76, 64];
/** What stays as it is in an address beside letters, digits, `-`, `_` and `.`: for JavaScript, forms, Python and curl. */
const KEPT = ["!'()*~", "!'()*~;,/?:@&=+$#", '*', '~', '/~'];

/** A secret as programs write it: in addresses, JSON, base64 and as a shell shows a command with `set -x`. */
export function writtenAs(secret: string): string[] {
  return [secret, ...inAddresses(secret), ...inJson(secret), ...inShells(secret), ...inBase64(secret)];
}

/** In hexadecimal digits of either case, a space as a plus or not. */
function inAddresses(secret: string): string[] {
  return KEPT.map((kept) =>
    secret.replace(/[^\w.-]/gu, (character) => (kept.includes(character) ? character : hexOf(character))),
  )
    .flatMap((one) => [one, one.replaceAll('%20', '+')])
    .flatMap((one) => [one, one.replace(/%../g, (hex) => hex.toLowerCase())]);
}

function inJson(secret: string): string[] {
  const text = JSON.stringify(secret).slice(1, -1);
  const ascii = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [text, ascii].flatMap((one) => [one, one.replaceAll('/', '\\/')]);
}

function inShells(secret: string): string[] {
  return [`'\\''`, `'"'"'`].map((quote) => secret.replaceAll("'", quote));
}

/**
 * By itself, over lines or not, and within more, `user:password` say, where it begins at any of three places: what of its
 * first and last characters belongs to its neighbours is not told by it.
 */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const bare = whole.replaceAll('=', '');
  const lines = WIDTHS.filter((width) => bare.length > width).flatMap((width) => slices(bare, width));
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const end = text.endsWith('=') ? text.indexOf('=') - 1 : text.length;
    return text.slice(before === 0 ? 0 : before + 1, end);
  });
  return [whole, bare, ...lines, ...within].flatMap((one) => [
    one,
    one.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function slices(text: string, width: number): string[] {
  return Array.from({ length: Math.ceil(text.length / width) }, (_, n) =>
    text.slice(n * width, (n + 1) * width),
  );
}

function hexOf(character: string): string {
  return Buffer.from(character)
    .toString('hex')
    .toUpperCase()
    .replace(/../g, (hex) => `%${hex}`);
}
