import type { Config } from '../../config';
import type { Grant } from '../../domain/access/api-key';
import { ok, type Result } from '../../domain/base/result';
import { askNewer } from '../ask-object';
import { type CredentialKind, type ParsedCredential, readCredential } from '../ids/credential-text';
import { sha256 } from '../ids/secrets';
import { remembered } from './authenticate';
import type { Principal } from './caller';
import { suspended } from './home';

/** How a credential that its organization keeps as a digest is looked up. */
export interface Lookup<Found extends Grant> {
  kind: CredentialKind;
  /** Asks the organization; null for one that does not stand. */
  ask: (credential: ParsedCredential, digest: string) => Promise<Found | null>;
  principal: (found: Found, credential: ParsedCredential) => Principal;
}

/** Whom a credential speaks for that its organization keeps as a digest; null where it was not made here or does not stand. */
export async function authenticateKept<Found extends Grant>(
  config: Config,
  text: string,
  now: number,
  believed: number,
  { kind, ask, principal }: Lookup<Found>,
): Promise<Result<Principal | null>> {
  return remembered(kind, text, now, believed, async () => {
    const credential = await readCredential(config, kind, text);
    if (credential === null) return ok(null);
    const digest = await sha256(text);
    const found = await askNewer(() => ask(credential, digest), true);
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    return found.value.suspended ? suspended() : ok(principal(found.value, credential));
  });
}
