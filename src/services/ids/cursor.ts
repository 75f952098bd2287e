import type { Config } from '../../config';
import type { Json } from '../../domain/base/json';
import { fromBase64Url, toBase64Url } from './base64url';
import { mac, sameBytes } from './secrets';

const MAC_BYTES = 12;

/** An opaque, signed position in one list of one organization. `scope` names both. */
export async function sealCursor(config: Config, scope: string, position: Json): Promise<string> {
  const payload = new TextEncoder().encode(`${config.generation}${JSON.stringify(position)}`);
  const code = await codeOf(config, scope, payload);
  if (code === null) throw new Error('the current root secret is not among the configured ones');
  const bytes = new Uint8Array(MAC_BYTES + payload.byteLength);
  bytes.set(code);
  bytes.set(payload, MAC_BYTES);
  return toBase64Url(bytes);
}

/** The position a cursor holds, or undefined where it was not made here for `scope`. */
export async function openCursor(config: Config, scope: string, text: string): Promise<Json | undefined> {
  const bytes = fromBase64Url(text);
  if (bytes === null || bytes.byteLength <= MAC_BYTES) return undefined;
  const payload = bytes.subarray(MAC_BYTES);
  const code = await codeOf(config, scope, payload);
  if (code === null || !sameBytes(code, bytes.subarray(0, MAC_BYTES))) return undefined;
  return JSON.parse(new TextDecoder().decode(payload.subarray(1))) as Json;
}

async function codeOf(config: Config, scope: string, payload: Uint8Array): Promise<Uint8Array | null> {
  const generation = (payload[0] ?? 0) - 48;
  const code = await mac(config, 'cursor', generation, `${scope}\0${payload.toHex()}`);
  return code?.subarray(0, MAC_BYTES) ?? null;
}
