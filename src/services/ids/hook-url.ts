import type { Config } from '../../config';
import { isOrganizationId } from '../../domain/access/organization';
import { hookCoreOf } from '../../objects/address';
import { mac, sameBytes } from './secrets';
import { isSignedId, mintSignedId, STEM_LENGTH, signedIdFrom } from './signed-id';

/** Hex digits of a URL's token as it is at first. */
const FIRST_LENGTH = STEM_LENGTH + 32;
const TOKEN = /^[0-3][0-9a-f]{48}(?:[1-9a-f][0-9a-f]{0,7})?$/;

/** A hook that was made here: id and core were checked, so they may address its object. */
export interface HookRef {
  organization: string;
  /** Key generation, 8 random bytes and a MAC of 8, as hex. It opens nothing: the URL's token does. */
  hook_id: string;
  /** The random bytes as hex: with the organization the name of the hook's object. */
  core: string;
}

/** A hook by its URL. */
export interface HookAddress {
  ref: HookRef;
  /** How often the hook was given another URL until it was given this one. */
  turn: number;
}

/** The id of a new hook of `organization`. */
export async function mintHookRef(config: Config, organization: string): Promise<HookRef> {
  return refOf(organization, await mintSignedId(config, 'hook', organization));
}

/** The hook that an id names, or null where the id was not made for `organization`. */
export async function readHookId(
  config: Config,
  organization: string,
  hookId: string,
): Promise<HookRef | null> {
  return (await isSignedId(config, 'hook', organization, hookId)) ? refOf(organization, hookId) : null;
}

/**
 * The path of a hook's URL. Its token is the id's stem, a MAC of 16 bytes over organization, name, stem and turn, and the
 * turn as hex where it is not the first.
 */
export async function hookPath(config: Config, { ref, turn }: HookAddress, name: string) {
  const { organization, hook_id } = ref;
  const stem = hook_id.slice(0, STEM_LENGTH);
  const code = await urlCode(config, organization, name, stem, turn);
  if (code === null) throw new Error('a hook’s generation is no longer configured');
  return `/hooks/${organization}/${name}/${stem}${code.toHex()}${turn === 0 ? '' : turn.toString(16)}`;
}

/** The hook that a URL names, or null where the URL was not made here: no object is touched for it. */
export async function readHookPath(
  config: Config,
  organization: string,
  name: string,
  token: string,
): Promise<HookAddress | null> {
  if (!isOrganizationId(organization) || !TOKEN.test(token)) return null;
  const stem = token.slice(0, STEM_LENGTH);
  const turn = Number.parseInt(token.slice(FIRST_LENGTH) || '0', 16);
  const code = await urlCode(config, organization, name, stem, turn);
  const shown = Uint8Array.fromHex(token.slice(STEM_LENGTH, FIRST_LENGTH));
  if (code === null || !sameBytes(code, shown)) return null;
  const hookId = await signedIdFrom(config, 'hook', organization, stem);
  return hookId === null ? null : { ref: refOf(organization, hookId), turn };
}

function refOf(organization: string, hook_id: string): HookRef {
  return { organization, hook_id, core: hookCoreOf(hook_id) };
}

async function urlCode(config: Config, organization: string, name: string, stem: string, turn: number) {
  const message = `url\0${organization}\0${name}\0${stem}${turn === 0 ? '' : `\0${turn}`}`;
  const code = await mac(config, 'hook-url', Number(stem.charAt(0)), message);
  return code?.subarray(0, 16) ?? null;
}
