import type { FilterToken, FilterTokenScope } from '../../domain/access/filter-token';
import { Tables } from '../kit/tables';
import { ORG_MIGRATIONS } from './org-schema';

/** A filter token with the digest (SHA-256, hex) of its text. */
export type StoredFilterToken = FilterToken & { digest: string };

/** A place in the list of filter tokens, oldest first: what follows is younger. */
export type FilterTokenPlace = Pick<FilterToken, 'created_at' | 'token_id'>;

type TokenRow = Omit<StoredFilterToken, 'scope' | 'filter'> & {
  scope: string;
  job_type: string | null;
  tag: string | null;
};

/** Tokens that stand at `?1`, and so does the key that made them. What ends first is their end. */
const STANDING = `SELECT token_id, filter_token.key_id, scope, job_type, tag, filter_token.digest,
    filter_token.created_at, min(filter_token.expires_at, coalesce(api_key.expires_at, filter_token.expires_at)) AS expires_at
  FROM filter_token JOIN api_key USING (key_id)
  WHERE filter_token.expires_at > ?1 AND revoked_at IS NULL
    AND (api_key.expires_at IS NULL OR api_key.expires_at > ?1)`;

/** SQL of an organization's filter tokens. The caller sets the transaction. */
export class FilterTokenRegistry {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  add({ token_id, key_id, digest, scope, filter, created_at, expires_at }: StoredFilterToken): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      `INSERT INTO filter_token (token_id, key_id, digest, scope, job_type, tag, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[token_id, key_id, digest, scope, filter.job_type, filter.tag, created_at, expires_at],
    );
  }

  /** The token where it stands. */
  get(tokenId: string, now: number): StoredFilterToken | null {
    if (!this.#tables.has('filter_token')) return null;
    const [row] = this.#sql.exec<TokenRow>(`${STANDING} AND token_id = ?2`, now, tokenId).toArray();
    return row === undefined ? null : toToken(row);
  }

  /** At most `limit` tokens that stand behind `after`, oldest first: of one key where it is named. */
  page(
    after: FilterTokenPlace | null,
    limit: number,
    keyId: string | null,
    now: number,
  ): StoredFilterToken[] {
    if (!this.#tables.has('filter_token')) return [];
    const { created_at = -1, token_id = '' } = after ?? {};
    const rows = this.#sql.exec<TokenRow>(
      `${STANDING} AND (filter_token.created_at, token_id) > (?2, ?3)
        AND (?4 IS NULL OR filter_token.key_id = ?4)
        ORDER BY filter_token.created_at, token_id LIMIT ?5`,
      ...[now, created_at, token_id, keyId, limit],
    );
    return rows.toArray().map(toToken);
  }

  /** How many stand. */
  standing(now: number): number {
    if (!this.#tables.has('filter_token')) return 0;
    return Number(this.#sql.exec(`SELECT count(*) AS standing FROM (${STANDING})`, now).one().standing);
  }

  /** How many are kept. */
  count(): number {
    this.#tables.migrate(ORG_MIGRATIONS);
    return Number(this.#sql.exec('SELECT count(*) AS kept FROM filter_token').one().kept);
  }

  remove(tokenId: string): void {
    if (this.#tables.has('filter_token'))
      this.#sql.exec('DELETE FROM filter_token WHERE token_id = ?', tokenId);
  }

  /** Deletes those that have ended, by themselves or with their key. */
  removeEnded(now: number): void {
    if (!this.#tables.has('filter_token')) return;
    this.#sql.exec(
      `DELETE FROM filter_token WHERE expires_at <= ?1 OR key_id NOT IN (
        SELECT key_id FROM api_key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1))`,
      now,
    );
  }
}

function toToken({ scope, job_type, tag, ...row }: TokenRow): StoredFilterToken {
  return { ...row, scope: scope as FilterTokenScope, filter: { job_type, tag } };
}
