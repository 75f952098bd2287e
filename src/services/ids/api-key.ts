import type { Config } from '../../config';
import { mac, sameBytes } from './secrets';

/**
 * `hw_<organization>_<key id>_<secret><checksum>`. The key id ends in a MAC over organization and id, so that an
 * invented key addresses no object; the checksum lets secret scanners tell a key from noise.
 */
export interface ParsedKey {
  organization: string;
  key_id: string;
}

const SHAPE = /^hw_([a-z0-9][a-z0-9-]{0,39})_([0-3][0-9a-f]{32})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** A new key of `organization`. */
export async function mintApiKey(
  config: Config,
  organization: string,
): Promise<ParsedKey & { api_key: string }> {
  const stem = `${config.generation}${random(8)}`;
  const key_id = await keyIdFrom(config, organization, stem);
  if (key_id === null) throw new Error('the current root secret is not among the configured ones');
  const head = `hw_${organization}_${key_id}_${random(24)}`;
  return { organization, key_id, api_key: `${head}${checksum(head)}` };
}

/** Whose key this is, or null where it was not made here. */
export async function readApiKey(config: Config, text: string): Promise<ParsedKey | null> {
  const [, organization, key_id, secret, check] = SHAPE.exec(text) ?? [];
  if (organization === undefined || key_id === undefined) return null;
  if (checksum(`hw_${organization}_${key_id}_${secret}`) !== check) return null;
  return (await isOwnKeyId(config, organization, key_id)) ? { organization, key_id } : null;
}

/** The id of the key of `organization` that begins with `stem`; null where its generation is gone. */
export async function keyIdFrom(config: Config, organization: string, stem: string): Promise<string | null> {
  const tail = await tailOf(config, organization, stem);
  return tail === null ? null : `${stem}${tail.toHex()}`;
}

/** Whether a key id was made here for `organization`. */
export async function isOwnKeyId(config: Config, organization: string, keyId: string): Promise<boolean> {
  if (!/^[0-3][0-9a-f]{32}$/.test(keyId)) return false;
  const tail = await tailOf(config, organization, keyId.slice(0, 17));
  return tail !== null && sameBytes(tail, Uint8Array.fromHex(keyId.slice(17)));
}

async function tailOf(config: Config, organization: string, stem: string): Promise<Uint8Array | null> {
  const code = await mac(config, 'api-key', Number(stem.charAt(0)), `api-key\0${organization}\0${stem}`);
  return code?.subarray(0, 8) ?? null;
}

function random(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}

/** CRC-32 (ISO 3309) as eight hex digits. */
function checksum(text: string): string {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
