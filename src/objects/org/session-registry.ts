import type { Session } from '../../domain/access/session';
import { Tables } from '../kit/tables';
import { ORG_MIGRATIONS } from './org-schema';

/** A sign-in with the digests (SHA-256, hex) of its secret and of the key's that it was made with. */
export type StoredSession = Session & { digest: string; key_digest: string };

type SessionRow = StoredSession & Record<string, SqlStorageValue>;

/** A place in the list of sign-ins, oldest first: what follows is younger. */
export type SessionPlace = Pick<Session, 'created_at' | 'session_id'>;

/** Whether a key opens something at `?1` by the secret whose digest is `key_digest`. Once it does not, it never will. */
export const OPENS_BY_SECRET = `revoked_at IS NULL AND (api_key.expires_at IS NULL OR api_key.expires_at > ?1)
    AND (key_digest = api_key.digest OR (key_digest = older_digest AND older_until > ?1))`;

/**
 * Sign-ins that stand at `?1`: not ended, and their key opens something by the secret that they were made with. What ends
 * first is their end.
 */
const STANDING = `SELECT session_id, session.key_id, session.created_at, session.digest, key_digest,
    min(session.expires_at, coalesce(api_key.expires_at, session.expires_at),
      CASE WHEN key_digest = api_key.digest THEN session.expires_at ELSE older_until END) AS expires_at
  FROM session JOIN api_key USING (key_id)
  WHERE session.expires_at > ?1 AND ${OPENS_BY_SECRET}`;

/** SQL of an organization's sign-ins. The caller sets the transaction. */
export class SessionRegistry {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  add({ session_id, key_id, digest, key_digest, created_at, expires_at }: StoredSession): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      `INSERT INTO session (session_id, key_id, digest, key_digest, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?)`,
      ...[session_id, key_id, digest, key_digest, created_at, expires_at],
    );
  }

  /** The sign-in where it stands. */
  get(sessionId: string, now: number): StoredSession | null {
    if (!this.#tables.has('session')) return null;
    const [session] = this.#sql.exec<SessionRow>(`${STANDING} AND session_id = ?2`, now, sessionId).toArray();
    return session ?? null;
  }

  /** At most `limit` sign-ins that stand behind `after`, oldest first: of one key where it is named. */
  page(after: SessionPlace | null, limit: number, keyId: string | null, now: number): StoredSession[] {
    if (!this.#tables.has('session')) return [];
    const { created_at = -1, session_id = '' } = after ?? {};
    const rows = this.#sql.exec<SessionRow>(
      `${STANDING} AND (session.created_at, session_id) > (?2, ?3) AND (?4 IS NULL OR session.key_id = ?4)
        ORDER BY session.created_at, session_id LIMIT ?5`,
      ...[now, created_at, session_id, keyId, limit],
    );
    return rows.toArray();
  }

  /** How many are kept, in all and of one key. */
  counts(keyId: string): { all: number; ofKey: number } {
    this.#tables.migrate(ORG_MIGRATIONS);
    return this.#sql
      .exec<{ all: number; ofKey: number }>(
        'SELECT count(*) AS "all", count(*) FILTER (WHERE key_id = ?) AS ofKey FROM session',
        keyId,
      )
      .one();
  }

  remove(sessionId: string): void {
    if (this.#tables.has('session')) this.#sql.exec('DELETE FROM session WHERE session_id = ?', sessionId);
  }

  removeOfKey(keyId: string): void {
    if (this.#tables.has('session')) this.#sql.exec('DELETE FROM session WHERE key_id = ?', keyId);
  }

  /** Deletes those that have ended: by themselves, or with the secret that they were made with. */
  removeEnded(now: number): void {
    if (!this.#tables.has('session')) return;
    this.#sql.exec(
      `DELETE FROM session WHERE expires_at <= ?1 OR NOT EXISTS (
        SELECT 1 FROM api_key WHERE api_key.key_id = session.key_id AND ${OPENS_BY_SECRET})`,
      now,
    );
  }
}
