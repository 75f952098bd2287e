import type { Config } from '../../config';
import { checksum } from './api-key';
import { isSignedId, mintSignedId } from './signed-id';

/**
 * `hws_<organization>_<session id>_<secret><checksum>`: what a browser that has signed in holds. The id ends in a MAC over
 * organization and id, so that an invented one addresses no object.
 */
export interface ParsedSession {
  organization: string;
  session_id: string;
}

const SHAPE = /^hws_([a-z0-9][a-z0-9-]{0,39})_([0-3][0-9a-f]{32})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** A new sign-in to `organization`. */
export async function mintSession(
  config: Config,
  organization: string,
): Promise<ParsedSession & { text: string }> {
  const session_id = await mintSignedId(config, 'session', organization);
  const secret = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const head = `hws_${organization}_${session_id}_${secret}`;
  return { organization, session_id, text: `${head}${checksum(head)}` };
}

/** Whose sign-in this is, or null where it was not made here. */
export async function readSession(config: Config, text: string): Promise<ParsedSession | null> {
  const [, organization, session_id, secret, check] = SHAPE.exec(text) ?? [];
  if (organization === undefined || session_id === undefined) return null;
  if (checksum(`hws_${organization}_${session_id}_${secret}`) !== check) return null;
  return (await isSignedId(config, 'session', organization, session_id))
    ? { organization, session_id }
    : null;
}
