import type { Config } from '../../config';
import { mac, sameBytes } from './secrets';

const SHAPE = /^wh_[0-3][0-9a-f]{32}$/;

/** A new endpoint's id: `wh_`, the key generation, 64 random bits, and a MAC over organization and these. */
export async function mintWebhookId(config: Config, organization: string): Promise<string> {
  const stem = `${config.generation}${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
  const tail = await tailOf(config, organization, stem);
  if (tail === null) throw new Error('the current root secret is not among the configured ones');
  return `wh_${stem}${tail.toHex()}`;
}

/** Whether an id was made here for `organization`: no invented one addresses an object. */
export async function isOwnWebhookId(config: Config, organization: string, text: string): Promise<boolean> {
  if (!SHAPE.test(text)) return false;
  const tail = await tailOf(config, organization, text.slice(3, 20));
  return tail !== null && sameBytes(tail, Uint8Array.fromHex(text.slice(20)));
}

async function tailOf(config: Config, organization: string, stem: string): Promise<Uint8Array | null> {
  const code = await mac(config, 'webhook-id', Number(stem.charAt(0)), `webhook\0${organization}\0${stem}`);
  return code?.subarray(0, 8) ?? null;
}
