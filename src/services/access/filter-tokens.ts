import type { FilterToken, FilterTokenScope, JobFilter } from '../../domain/access/filter-token';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result, refuse } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { mintCredential } from '../ids/credential-text';
import { sealCursor } from '../ids/cursor';
import { sha256 } from '../ids/secrets';
import { isSignedId } from '../ids/signed-id';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { unauthenticated } from './authenticate';
import { type Caller, ownKeyAlone } from './caller';
import { refuseType } from './reach';

export type { FilterToken };

/** What the cursors of the list of filter tokens belong to. */
export const FILTER_TOKENS = 'filter-tokens';

/** Makes a token for every job that `filter` lets through, for `life` ms. Its text is in this answer alone: its digest is stored. */
export async function createFilterToken(
  { env, config, principal }: Caller,
  scope: FilterTokenScope,
  filter: JobFilter,
  life: number,
  trace: AuditTrace,
): Promise<Result<FilterToken & { text: string }>> {
  const { organization, actor } = principal;
  if (actor.kind !== 'key')
    return refuse('permission_denied', 'A token stands as long as the key that made it: make it with a key.');
  const beyond = filter.job_type === null ? null : refuseType(principal, filter.job_type);
  if (beyond !== null) return beyond;
  const { id: token_id, text } = await mintCredential(config, 'filter-token', organization);
  const token = { token_id, key_id: actor.id, scope, filter, life, digest: await sha256(text) };
  const made = await askNewer(() => orgObject(env, organization).makeFilterToken(token, trace), false);
  if (!made.ok) return made;
  if (made.value === null) return { ok: false, rejection: unauthenticated() };
  return 'code' in made.value ? { ok: false, rejection: made.value } : ok({ ...made.value, text });
}

/** The tokens that stand, oldest first: of the organization for one who manages its keys, else of the own key. */
export async function listFilterTokens(
  caller: Caller,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<FilterToken>>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const after = position as Pick<FilterToken, 'created_at' | 'token_id'> | null;
  const found = await askNewer(
    () => orgObject(env, organization).filterTokenPage(after, limit + 1, ownKeyAlone(principal)),
    true,
  );
  if (!found.ok) return found;
  const scope = cursorScope(organization, FILTER_TOKENS);
  const sealAt = ({ created_at, token_id }: FilterToken) =>
    sealCursor(config, scope, { created_at, token_id });
  return ok(await toPage(found.value, limit, sealAt));
}

/** Revokes a token that the caller may see: everywhere within 30 seconds. */
export async function revokeFilterToken(
  { env, config, principal }: Caller,
  tokenId: string,
  trace: AuditTrace,
): Promise<Result<null>> {
  const { organization } = principal;
  if (!(await isSignedId(config, 'filter-token', organization, tokenId))) return noSuchToken();
  const revoked = await askNewer(
    () => orgObject(env, organization).revokeFilterToken(tokenId, ownKeyAlone(principal), trace),
    true,
  );
  if (!revoked.ok) return revoked;
  return revoked.value ? ok(null) : noSuchToken();
}

function noSuchToken() {
  return refuse('not_found', 'There is no such token.');
}
