import type { Config } from '../../config';
import { mac, type Purpose, sameBytes } from './secrets';

/** What a signed id names. Ids of different kinds have nothing to do with each other. */
export type IdKind = 'api-key' | 'session' | 'sign-in-code' | 'filter-token' | 'webhook' | 'hook';

const PURPOSE: Record<IdKind, Purpose> = {
  'api-key': 'api-key',
  session: 'session-id',
  'sign-in-code': 'sign-in-code-id',
  'filter-token': 'filter-token-id',
  webhook: 'webhook-id',
  hook: 'hook-id',
};
/** The key generation's digit and 8 random bytes as hex; a MAC of 8 bytes over kind, organization and stem follows. */
export const STEM_LENGTH = 17;
const SHAPE = /^[0-3][0-9a-f]{32}$/;

/** A new id, 33 hex digits: nothing that was not made here addresses an object. */
export async function mintSignedId(config: Config, kind: IdKind, organization: string): Promise<string> {
  const stem = `${config.generation}${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
  const id = await signedIdFrom(config, kind, organization, stem);
  if (id === null) throw new Error('the current root secret is not among the configured ones');
  return id;
}

/** The id that begins with `stem`; null where its generation is gone. */
export async function signedIdFrom(
  config: Config,
  kind: IdKind,
  organization: string,
  stem: string,
): Promise<string | null> {
  const code = await mac(config, PURPOSE[kind], Number(stem.charAt(0)), `${kind}\0${organization}\0${stem}`);
  return code === null ? null : `${stem}${code.subarray(0, 8).toHex()}`;
}

/** Whether an id of this kind was made here for `organization`. */
export async function isSignedId(
  config: Config,
  kind: IdKind,
  organization: string,
  text: string,
): Promise<boolean> {
  if (!SHAPE.test(text)) return false;
  const own = await signedIdFrom(config, kind, organization, text.slice(0, STEM_LENGTH));
  return own !== null && sameBytes(Uint8Array.fromHex(tailOf(own)), Uint8Array.fromHex(tailOf(text)));
}

function tailOf(id: string): string {
  return id.slice(STEM_LENGTH);
}
