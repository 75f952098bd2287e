import type { FilterToken } from '../../domain/access/filter-token';
import { permissionsOf } from '../../domain/access/token';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { Tables } from '../kit/tables';
import type { FilterTokenGrant, NewFilterToken } from './contract';
import { type FilterTokenPlace, FilterTokenRegistry, type StoredFilterToken } from './filter-token-registry';
import type { OrgAudit } from './org-audit';
import type { OrgKeys } from './org-keys';

/** An organization's filter tokens: each by one key, with no more than the key may, and gone with it. */
export class OrgFilterTokens {
  readonly #keys: OrgKeys;
  readonly #tokens: FilterTokenRegistry;
  readonly #audit: OrgAudit;

  constructor(sql: SqlStorage, tables: Tables, keys: OrgKeys, audit: OrgAudit) {
    this.#keys = keys;
    this.#tokens = new FilterTokenRegistry(sql, tables);
    this.#audit = audit;
  }

  /** Keeps a token by its digest, unless too many are; null where its key opens nothing any more. */
  make(
    { life, ...token }: NewFilterToken,
    salt: string,
    most: number,
    now: number,
    trace?: AuditTrace,
  ): FilterToken | Rejection | null {
    const grant = this.#keys.grant(token.key_id, salt, true, now);
    if (grant === null) return null;
    const excess = excessOf(token, grant);
    if (excess !== null) return excess;
    return this.#audit.transact(() => {
      this.#tokens.removeEnded(now);
      const use = this.#tokens.count();
      if (use >= most) {
        const detail = `The organization has ${use} tokens and may have ${most}: revoke one first.`;
        return reject('quota_exceeded', detail);
      }
      this.#tokens.add({ ...token, created_at: now, expires_at: now + life });
      const made = this.#tokens.get(token.token_id, now);
      if (made === null) return null;
      const changes = auditChanges<FilterToken>({}, made, ['scope', 'filter']);
      this.#audit.record(trace, 'token.create', tokenTarget(made.token_id), now, changes);
      return shown(made);
    });
  }

  /** What the token with this id and digest opens; null for one that does not stand. */
  authenticate(tokenId: string, digest: string, salt: string, now: number): FilterTokenGrant | null {
    const token = this.#tokens.get(tokenId, now);
    if (token === null || token.digest !== digest) return null;
    const { key_id, scope, filter, expires_at } = token;
    const grant = this.#keys.grant(key_id, salt, true, now);
    return grant && { ...grant, key_id, scope, filter, until: expires_at };
  }

  /** How many stand. */
  standing(now: number): number {
    return this.#tokens.standing(now);
  }

  page(after: FilterTokenPlace | null, limit: number, keyId: string | null, now: number): FilterToken[] {
    return this.#tokens.page(after, limit, keyId, now).map(shown);
  }

  /** Revokes a token, of one key where it is named; false where there is none that stands. */
  revoke(tokenId: string, keyId: string | null, now: number, trace?: AuditTrace): boolean {
    const token = this.#tokens.get(tokenId, now);
    if (token === null || (keyId !== null && token.key_id !== keyId)) return false;
    this.#audit.transact(() => {
      this.#tokens.remove(tokenId);
      this.#audit.record(trace, 'token.revoke', tokenTarget(tokenId), now);
    });
    return true;
  }
}

/** Why a key with `grant` can't make this token, as it stands by now; null where it can. */
function excessOf(
  { scope, filter }: Pick<NewFilterToken, 'scope' | 'filter'>,
  { permissions, job_types = null }: Pick<FilterTokenGrant, 'permissions' | 'job_types'>,
): Rejection | null {
  if (permissionsOf(scope, permissions).length === 0)
    return reject('permission_denied', 'This key lacks the permission job:read, so its tokens open nothing.');
  if (job_types === null || filter.job_type === null || job_types.includes(filter.job_type)) return null;
  return reject('permission_denied', `This key is for jobs of these types alone: ${job_types.join(', ')}.`);
}

function tokenTarget(id: string) {
  return { type: 'token' as const, id };
}

/** Without the digest. */
function shown({ digest: _digest, ...token }: StoredFilterToken): FilterToken {
  return token;
}
