import type { Config } from '../../config';
import { isOrganizationId } from '../../domain/access/organization';
import { hookCoreOf } from '../../objects/address';
import { mac, sameBytes } from './secrets';
import { isSignedId, mintSignedId, STEM_LENGTH, signedIdFrom } from './signed-id';

/** A hook that was made here: id and core were checked, so they may address its object. */
export interface HookRef {
  organization: string;
  /** Key generation, 8 random bytes and a MAC of 8, as hex. It opens nothing: the URL's token does. */
  hook_id: string;
  /** The random bytes as hex: with the organization the name of the hook's object. */
  core: string;
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

/** The path of a hook's URL. Its token is the id's stem and a MAC of 16 bytes over organization, name and stem. */
export async function hookPath(config: Config, { organization, hook_id }: HookRef, name: string) {
  const stem = hook_id.slice(0, STEM_LENGTH);
  const code = await urlCode(config, organization, name, stem);
  if (code === null) throw new Error('a hook’s generation is no longer configured');
  return `/hooks/${organization}/${name}/${stem}${code.toHex()}`;
}

/** The hook that a URL names, or null where the URL was not made here: no object is touched for it. */
export async function readHookPath(
  config: Config,
  organization: string,
  name: string,
  token: string,
): Promise<HookRef | null> {
  if (!isOrganizationId(organization) || !/^[0-3][0-9a-f]{48}$/.test(token)) return null;
  const stem = token.slice(0, STEM_LENGTH);
  const code = await urlCode(config, organization, name, stem);
  if (code === null || !sameBytes(code, Uint8Array.fromHex(token.slice(STEM_LENGTH)))) return null;
  const hookId = await signedIdFrom(config, 'hook', organization, stem);
  return hookId === null ? null : refOf(organization, hookId);
}

function refOf(organization: string, hook_id: string): HookRef {
  return { organization, hook_id, core: hookCoreOf(hook_id) };
}

async function urlCode(config: Config, organization: string, name: string, stem: string) {
  const message = `url\0${organization}\0${name}\0${stem}`;
  const code = await mac(config, 'hook-url', Number(stem.charAt(0)), message);
  return code?.subarray(0, 16) ?? null;
}
