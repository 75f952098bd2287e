import type { Config, Env } from '../../config';
import type { ApiKey, KeyTerms } from '../../domain/access/api-key';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import type { KeyAuthor, KeyChange, MadeByKey } from '../../objects/org/contract';
import { unauthenticated } from '../access/authenticate';
import { makerOf, type Principal } from '../access/caller';
import { askNewer, askObject } from '../ask-object';
import { mintApiKey } from '../ids/api-key';
import { sealCursor } from '../ids/cursor';
import { sha256 } from '../ids/secrets';
import { isSignedId } from '../ids/signed-id';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { noOrganization } from './organizations';

export type { ApiKey, KeyChange, MadeByKey };

/** Whose keys are managed, and by whom: null for the operator. */
export interface KeyManager {
  env: Env;
  config: Config;
  organization: string;
  principal: Principal | null;
  trace: AuditTrace;
}

type WithSecret = ApiKey & { api_key: string };

/** Makes a key. The key itself is in this answer alone: only its digest is stored. */
export async function createKey(
  manager: KeyManager,
  name: string,
  terms: KeyTerms,
): Promise<Result<WithSecret>> {
  const { env, config, organization, principal, trace } = manager;
  const { key_id, api_key } = await mintApiKey(config, organization);
  const created_by = principal === null ? null : makerOf(principal);
  const key = { key_id, name, digest: await sha256(api_key), created_by, ...terms };
  const made = await askNewer(
    () => orgObject(env, organization).makeKey(key, authorOf(principal), trace),
    false,
  );
  return withSecret(
    kept(made, () => noOrganization(organization)),
    api_key,
  );
}

/** Changes what `change` names of a key that stands: effective everywhere within 30 seconds. */
export async function changeKey(
  manager: KeyManager,
  keyId: string,
  change: KeyChange,
): Promise<Result<ApiKey>> {
  const { env, organization, principal, trace } = manager;
  if (!(await isOwn(manager, keyId))) return noSuchKey();
  const author = authorOf(principal);
  return kept(
    await askNewer(() => orgObject(env, organization).changeKey(keyId, change, author, trace), true),
    noSuchKey,
  );
}

/** A new secret of the same key; the one before opens it for `grace` ms more. It is in this answer alone. */
export async function rotateKey(
  manager: KeyManager,
  keyId: string,
  grace: number,
): Promise<Result<WithSecret>> {
  const { env, config, organization, principal, trace } = manager;
  if (!(await isOwn(manager, keyId))) return noSuchKey();
  const { api_key } = await mintApiKey(config, organization, keyId);
  const digest = await sha256(api_key);
  const rotated = await askNewer(
    () => orgObject(env, organization).rotateKey(keyId, digest, grace, authorOf(principal), trace),
    false,
  );
  return withSecret(kept(rotated, noSuchKey), api_key);
}

/** The keys, oldest first, those that open nothing any more among them. */
export async function listKeys(
  { env, config, organization }: KeyManager,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<ApiKey>>> {
  const after = position as Pick<ApiKey, 'created_at' | 'key_id'> | null;
  const found = await askNewer(() => orgObject(env, organization).keyPage(after, limit + 1), true);
  if (!found.ok) return found;
  if (found.value === null) return noOrganization(organization);
  const scope = cursorScope(organization, KEYS);
  const page = await toPage(found.value, limit, ({ created_at, key_id }) =>
    sealCursor(config, scope, { created_at, key_id }),
  );
  return ok(page);
}

/** What the cursors of the list of keys belong to. */
export const KEYS = 'keys';

export async function getKey(manager: KeyManager, keyId: string): Promise<Result<ApiKey>> {
  const { env, organization } = manager;
  if (!(await isOwn(manager, keyId))) return noSuchKey();
  return kept(await askNewer(() => orgObject(env, organization).key(keyId), true), noSuchKey);
}

/** Revokes a key: effective everywhere within 30 seconds. Answers what it made that is still there. */
export async function revokeKey(manager: KeyManager, keyId: string): Promise<Result<MadeByKey>> {
  const { env, organization, trace } = manager;
  if (!(await isOwn(manager, keyId))) return noSuchKey();
  const revoked = await askObject(() => orgObject(env, organization).revokeKey(keyId, trace), true);
  if (!revoked.ok) return revoked;
  return revoked.value ? madeByKey(manager, keyId) : noSuchKey();
}

/** What a key made, and the keys that it made, as far as it is there. An object of an older build has kept nothing of it. */
async function madeByKey({ env, organization }: KeyManager, keyId: string): Promise<Result<MadeByKey>> {
  const made = await askNewer(() => orgObject(env, organization).madeByKey(keyId), true);
  return made.ok || made.rejection.code !== 'unavailable' ? made : ok({ keys: [], webhooks: [], hooks: [] });
}

/** A key has what it has by now, which its organization knows; anyone else what they came with. */
function authorOf(principal: Principal | null): KeyAuthor {
  if (principal === null) return { key_id: null, terms: null };
  const { actor, permissions, job_types = null, until = null } = principal;
  const terms = {
    permissions: [...permissions],
    job_types: job_types === null ? null : [...job_types],
    // What a person makes outlasts their session.
    expires_at: actor.kind === 'key' ? until : null,
  };
  return { key_id: actor.kind === 'key' ? actor.id : null, terms };
}

/** Nothing that was not made here comes near the organization's object. */
function isOwn({ config, organization }: KeyManager, keyId: string): Promise<boolean> {
  return isSignedId(config, 'api-key', organization, keyId);
}

function kept(
  answer: Result<ApiKey | Rejection | 'revoked' | null>,
  none: () => Result<never>,
): Result<ApiKey> {
  if (!answer.ok) return answer;
  const { value } = answer;
  if (value === null) return none();
  if (value === 'revoked') return { ok: false, rejection: unauthenticated() };
  return 'code' in value ? { ok: false, rejection: value } : ok(value);
}

function withSecret(key: Result<ApiKey>, api_key: string): Result<WithSecret> {
  return key.ok ? ok({ ...key.value, api_key }) : key;
}

function noSuchKey() {
  return refuse('not_found', 'There is no such key.');
}
