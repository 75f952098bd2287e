import type { Config } from '../../config';
import type { Json } from '../../domain/base/json';
import { fromBase64Url, toBase64Url } from './base64url';
import { mac, sameBytes } from './secrets';

const MAC_BYTES = 12;
/** The first byte of what is signed: the generation's digit, or a letter in its place where the rest can't be read. */
const [DIGIT, LETTER] = [48, 97];
/** Bytes of one HMAC-SHA256. */
const BLOCK = 32;

/**
 * An opaque, signed position in one list of one organization. `scope` names both. One that is `hidden` can be read by
 * nobody either: it may name what its holder is not shown.
 */
export async function sealCursor(
  config: Config,
  scope: string,
  position: Json,
  hidden = false,
): Promise<string> {
  const { generation } = config;
  const payload = new TextEncoder().encode(`${generation}${JSON.stringify(position)}`);
  if (hidden) payload[0] = LETTER + generation;
  const code = await codeOf(config, scope, generation, payload);
  if (code === null) throw new Error('the current root secret is not among the configured ones');
  if (hidden) await crossWithStream(config, generation, code, payload);
  const bytes = new Uint8Array(MAC_BYTES + payload.byteLength);
  bytes.set(code);
  bytes.set(payload, MAC_BYTES);
  return toBase64Url(bytes);
}

/** The position a cursor holds, or undefined where it was not made here for `scope`. */
export async function openCursor(config: Config, scope: string, text: string): Promise<Json | undefined> {
  const bytes = fromBase64Url(text);
  if (bytes === null || bytes.byteLength <= MAC_BYTES) return undefined;
  const [own, payload] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
  const first = payload[0] ?? 0;
  const generation = first - (first < LETTER ? DIGIT : LETTER);
  if (first >= LETTER) await crossWithStream(config, generation, own, payload);
  const code = await codeOf(config, scope, generation, payload);
  if (code === null || !sameBytes(code, own)) return undefined;
  return JSON.parse(new TextDecoder().decode(payload.subarray(1))) as Json;
}

async function codeOf(
  config: Config,
  scope: string,
  generation: number,
  payload: Uint8Array,
): Promise<Uint8Array | null> {
  const code = await mac(config, 'cursor', generation, `${scope}\0${payload.toHex()}`);
  return code?.subarray(0, MAC_BYTES) ?? null;
}

/**
 * Crosses all but the first byte with a stream that the signature chooses, in place; again gives them back. So one position
 * is one cursor, and two have streams of their own. Source: RFC 5297, synthetic initialization vectors.
 */
async function crossWithStream(
  config: Config,
  generation: number,
  code: Uint8Array,
  payload: Uint8Array,
): Promise<void> {
  for (let from = 1; from < payload.byteLength; from += BLOCK) {
    const stream = await mac(config, 'cursor-stream', generation, `${code.toHex()}\0${from}`);
    for (const [index, byte] of (stream ?? []).entries()) {
      const at = from + index;
      if (at < payload.byteLength) payload[at] = (payload[at] ?? 0) ^ byte;
    }
  }
}
