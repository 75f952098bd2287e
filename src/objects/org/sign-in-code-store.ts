import { Tables } from '../kit/tables';
import type { NewSignInCode } from './contract';
import { ORG_MIGRATIONS } from './org-schema';
import { OPENS_BY_SECRET } from './session-registry';

type CodeRow = NewSignInCode & Record<string, SqlStorageValue>;

/** SQL of the codes that sign in once. The caller sets the transaction. */
export class SignInCodeStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  add({ code_id, digest, key_id, key_digest }: NewSignInCode, expiresAt: number): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec(
      'INSERT INTO sign_in_code (code_id, digest, key_id, key_digest, expires_at) VALUES (?, ?, ?, ?, ?)',
      ...[code_id, digest, key_id, key_digest, expiresAt],
    );
  }

  /** The code where it has not ended. */
  get(codeId: string, now: number): NewSignInCode | null {
    if (!this.#tables.has('sign_in_code')) return null;
    const query =
      'SELECT code_id, digest, key_id, key_digest FROM sign_in_code WHERE code_id = ? AND expires_at > ?';
    return this.#sql.exec<CodeRow>(query, codeId, now).toArray()[0] ?? null;
  }

  /** How many of a key are kept. */
  count(keyId: string): number {
    if (!this.#tables.has('sign_in_code')) return 0;
    const query = 'SELECT count(*) AS found FROM sign_in_code WHERE key_id = ?';
    return Number(this.#sql.exec(query, keyId).one().found);
  }

  remove(codeId: string): void {
    this.#sql.exec('DELETE FROM sign_in_code WHERE code_id = ?', codeId);
  }

  removeOfKey(keyId: string): void {
    if (this.#tables.has('sign_in_code')) this.#sql.exec('DELETE FROM sign_in_code WHERE key_id = ?', keyId);
  }

  /** Deletes those that have ended: by themselves, or with the secret that they were made with. */
  removeEnded(now: number): void {
    if (!this.#tables.has('sign_in_code')) return;
    this.#sql.exec(
      `DELETE FROM sign_in_code WHERE expires_at <= ?1 OR NOT EXISTS (
        SELECT 1 FROM api_key WHERE api_key.key_id = sign_in_code.key_id AND ${OPENS_BY_SECRET})`,
      now,
    );
  }
}
