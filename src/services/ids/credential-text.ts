import type { Config } from '../../config';
import { checksum } from './api-key';
import { isSignedId, mintSignedId } from './signed-id';

/**
 * `<prefix>_<organization>_<id>_<secret><checksum>`: what is shown once and kept as a digest, as a key is. The id ends in a
 * MAC over organization and id, so that an invented one addresses no object.
 */
export interface ParsedCredential {
  organization: string;
  id: string;
}

/** What a browser that has signed in holds, a code that signs one in, and a token for all jobs that a filter lets through. */
export type CredentialKind = 'session' | 'sign-in-code' | 'filter-token';

const PREFIX: Record<CredentialKind, string> = {
  session: 'hws_',
  'sign-in-code': 'hwl_',
  'filter-token': 'hwf_',
};
const SHAPE = /^(hw[sfl]_)([a-z0-9][a-z0-9-]{0,39})_([0-3][0-9a-f]{32})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** Whether a credential is meant to be a filter token, a good one or not. */
export function isFilterTokenText(text: string): boolean {
  return text.startsWith(PREFIX['filter-token']);
}

/** A new credential of `organization`. */
export async function mintCredential(
  config: Config,
  kind: CredentialKind,
  organization: string,
): Promise<ParsedCredential & { text: string }> {
  const id = await mintSignedId(config, kind, organization);
  const secret = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const head = `${PREFIX[kind]}${organization}_${id}_${secret}`;
  return { organization, id, text: `${head}${checksum(head)}` };
}

/** Whose credential this is, or null where it was not made here as one of this kind. */
export async function readCredential(
  config: Config,
  kind: CredentialKind,
  text: string,
): Promise<ParsedCredential | null> {
  const [, prefix, organization, id, secret, check] = SHAPE.exec(text) ?? [];
  if (prefix !== PREFIX[kind] || organization === undefined || id === undefined) return null;
  if (checksum(`${prefix}${organization}_${id}_${secret}`) !== check) return null;
  return (await isSignedId(config, kind, organization, id)) ? { organization, id } : null;
}
