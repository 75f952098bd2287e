import type { Config, Env } from '../../config';
import type { Grant } from '../../domain/access/api-key';
import { type Rejection, reject } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { isFresh } from '../../domain/base/time';
import { hookCoreOf, hookObject, orgObject } from '../../objects/address';
import { askNewer, askObject } from '../ask-object';
import { readApiKey } from '../ids/api-key';
import type { CredentialKind } from '../ids/credential-text';
import { sha256 } from '../ids/secrets';
import type { Principal } from './caller';
import { homeIn, isShut, suspended } from './home';

/** How long a key's answer is believed (ms): a revocation is effective everywhere within this time. */
export const CREDENTIAL_LIFE = 30_000;
const CACHE_SIZE = 1_000;
/** What a hook may: it makes jobs and reports on them. */
export const HOOK_PERMISSIONS = ['job:create'] as const;

/** What is remembered, by the kind of what stands for it: a text is good where its kind belongs alone. */
const caches: Record<RememberedKind, Map<string, { principal: Principal; at: number }>> = {
  'api-key': new Map(),
  session: new Map(),
  'sign-in-code': new Map(),
  'filter-token': new Map(),
  maker: new Map(),
};

/** A kind of credential, or the maker of one that is named by its id. */
type RememberedKind = 'api-key' | CredentialKind | 'maker';

/**
 * Who holds this API key, null where nobody does, or why that can't be told now. One that was told longer than
 * `believed` (ms) ago is asked for again.
 */
export async function authenticate(
  env: Env,
  config: Config,
  apiKey: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  return remembered('api-key', apiKey, now, believed, async () => {
    const parsed = await readApiKey(config, apiKey);
    if (parsed === null) return ok(null);
    const digest = await sha256(apiKey);
    const { organization, key_id } = parsed;
    return principalOf(organization, key_id, now, () =>
      orgObject(env, organization).authenticate(key_id, digest, true),
    );
  });
}

/** Whom a key stands for that something it made names by its id; null for a revoked or unknown one. */
export async function holderOf(
  env: Env,
  organization: string,
  keyId: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  return remembered('maker', `${organization} ${keyId}`, now, believed, () =>
    principalOf(organization, keyId, now, () => orgObject(env, organization).grantOf(keyId, true)),
  );
}

/** The same for a hook: it makes jobs and reports on them for as long as it is there. */
export async function hookHolder(
  env: Env,
  organization: string,
  hookId: string,
  now: number,
  believed = CREDENTIAL_LIFE,
): Promise<Result<Principal | null>> {
  return remembered('maker', `${organization} hook ${hookId}`, now, believed, async () => {
    const found = await askObject(
      () => hookObject(env, organization, hookCoreOf(hookId)).get(organization),
      true,
    );
    if (!found.ok) return found;
    const { hook_id = '', salt = '' } = found.value ?? {};
    // The core alone addresses the object: the id it keeps is the whole of it.
    if (hook_id !== hookId) return ok(null);
    // Asked anew: the answer is believed for as long as the hook's own.
    const home = await homeIn(env, organization, now, 0);
    if (!home.ok || home.value === null) return home.ok ? ok(null) : home;
    const actor = { kind: 'hook' as const, id: hookId };
    const { limits, shards } = home.value;
    return ok({ organization, actor, permissions: HOOK_PERMISSIONS, salt, limits, shards, since: now });
  });
}

/** The one answer to a credential that is missing, wrong, expired or revoked. */
export function unauthenticated(): Rejection {
  return reject(
    'unauthenticated',
    'No valid key or token came with this request: Authorization: Bearer hw_… is one.',
  );
}

/** A positive answer is remembered in the isolate for `CREDENTIAL_LIFE`, a negative one never. */
export async function remembered(
  kind: RememberedKind,
  name: string,
  now: number,
  believed: number,
  find: () => Promise<Result<Principal | null>>,
): Promise<Result<Principal | null>> {
  const cache = caches[kind];
  const known = cache.get(name);
  const ended = now >= (known?.principal.until ?? Number.POSITIVE_INFINITY);
  if (known !== undefined && isFresh(known.at, now, believed) && !ended) return ok(known.principal);
  const found = await find();
  if (!found.ok && !isShut(found.rejection)) return found;
  cache.delete(name);
  if (!found.ok || found.value === null) return found;
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value ?? '');
  cache.set(name, { principal: found.value, at: now });
  return found;
}

/** What is remembered of a credential is told no more. */
export function forget(kind: RememberedKind, name: string): void {
  caches[kind].delete(name);
}

async function principalOf(
  organization: string,
  keyId: string,
  since: number,
  ask: () => Promise<Grant | null>,
): Promise<Result<Principal | null>> {
  // `grantOf` is newer than some objects.
  const found = await askNewer(ask, true);
  if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
  const { suspended: isSuspended, ...grant } = found.value;
  if (isSuspended) return suspended();
  return ok({ organization, actor: { kind: 'key', id: keyId }, ...grant, since });
}
