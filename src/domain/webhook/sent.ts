import { type Format, shape } from './formats/format';
import type { Attempt, SentRequest } from './webhook';

/** How much of a body is shown (bytes). */
const SHOWN = 4_096;
const HIDDEN = '…';
/** Whoever has read a log may not repeat what stands in it. */
const SECRET = 'webhook-signature';

/** `url` without its query, which may hold a token. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? url;
}

/** What goes out, as the log keeps it: of `headers` the endpoint's own, which `own` names, and the signature are hidden. */
export function sentOf(
  url: string,
  format: Format,
  headers: Iterable<[string, string]>,
  own: readonly string[],
  body: string,
): SentRequest {
  const hidden = new Set([SECRET, ...own.map((name) => name.toLowerCase())]);
  const shown = [...headers].map(([name, value]) => [name, hidden.has(name.toLowerCase()) ? HIDDEN : value]);
  const bytes = new TextEncoder().encode(body).byteLength;
  return { url: withoutQuery(url), format, headers: Object.fromEntries(shown), bytes };
}

export function withoutSent({ sent: _sent, ...attempt }: Attempt): Attempt {
  return attempt;
}

/** What the newest of `attempts` at `event` sent, with the beginning of its body; undefined where none is kept. */
export function shownSent(
  attempts: readonly Attempt[],
  event: string,
): (SentRequest & { body: string }) | undefined {
  const sent = attempts.at(-1)?.sent;
  return sent && { ...sent, body: beginningOf(shape(sent.format, event).body) };
}

/** The first bytes of a text that are whole characters. */
function beginningOf(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, SHOWN);
  return new TextDecoder().decode(bytes, { stream: true });
}
