import type { Config } from '../../config';
import { isSignedId, mintSignedId } from './signed-id';

/**
 * `hw_<organization>_<key id>_<secret><checksum>`. The key id ends in a MAC over organization and id, so that an
 * invented key addresses no object; the checksum lets secret scanners tell a key from noise.
 */
export interface ParsedKey {
  organization: string;
  key_id: string;
}

const SHAPE = /^hw_([a-z0-9][a-z0-9-]{0,39})_([0-3][0-9a-f]{32})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** A new key of `organization`, or a new secret of the one that is named. */
export async function mintApiKey(
  config: Config,
  organization: string,
  keyId?: string,
): Promise<ParsedKey & { api_key: string }> {
  const key_id = keyId ?? (await mintSignedId(config, 'api-key', organization));
  const secret = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const head = `hw_${organization}_${key_id}_${secret}`;
  return { organization, key_id, api_key: `${head}${checksum(head)}` };
}

/** Whose key this is, or null where it was not made here. */
export async function readApiKey(config: Config, text: string): Promise<ParsedKey | null> {
  const [, organization, key_id, secret, check] = SHAPE.exec(text) ?? [];
  if (organization === undefined || key_id === undefined) return null;
  if (checksum(`hw_${organization}_${key_id}_${secret}`) !== check) return null;
  return (await isSignedId(config, 'api-key', organization, key_id)) ? { organization, key_id } : null;
}

/** CRC-32 (ISO 3309) as eight hex digits. */
export function checksum(text: string): string {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
