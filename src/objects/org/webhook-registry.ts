import { SECRET_OVERLAP, SIGNING_LIMIT, type StoredWebhook } from '../../domain/webhook/webhook';
import { Tables } from '../kit/tables';
import { ORG_MIGRATIONS } from './org-schema';

/** SQL of an organization's webhook endpoints: the one truth about what they are set to. Each call is one write at most. */
export class WebhookRegistry {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Oldest first. */
  all(): StoredWebhook[] {
    if (!this.#tables.has('webhook')) return [];
    return this.#sql
      .exec<{ body: string }>('SELECT body FROM webhook')
      .toArray()
      .map(({ body }) => JSON.parse(body) as StoredWebhook)
      .sort((a, b) => a.created_at - b.created_at || (a.webhook_id < b.webhook_id ? -1 : 1));
  }

  get(webhookId: string): StoredWebhook | null {
    if (!this.#tables.has('webhook')) return null;
    const [row] = this.#sql
      .exec<{ body: string }>('SELECT body FROM webhook WHERE webhook_id = ?', webhookId)
      .toArray();
    return row === undefined ? null : (JSON.parse(row.body) as StoredWebhook);
  }

  add(webhook: StoredWebhook): void {
    this.#tables.migrate(ORG_MIGRATIONS);
    this.#sql.exec('INSERT INTO webhook VALUES (?, ?)', webhook.webhook_id, JSON.stringify(webhook));
  }

  /** Replaces what `change` names and answers the endpoint after it; null where there is none. */
  change(
    webhookId: string,
    change: (webhook: StoredWebhook) => Partial<StoredWebhook>,
  ): StoredWebhook | null {
    const webhook = this.get(webhookId);
    if (webhook === null) return null;
    const changed = { ...webhook, ...change(webhook) };
    const [before, after] = [JSON.stringify(webhook), JSON.stringify(changed)];
    if (before !== after)
      this.#sql.exec('UPDATE webhook SET body = ? WHERE webhook_id = ?', after, webhookId);
    return changed;
  }

  /** Whether there was one. */
  remove(webhookId: string): boolean {
    if (this.get(webhookId) === null) return false;
    this.#sql.exec('DELETE FROM webhook WHERE webhook_id = ?', webhookId);
    return true;
  }
}

/** The secrets once `sealed` is the newest: those it replaces sign on for a day. */
export function rotated(
  { secrets }: StoredWebhook,
  sealed: string,
  now: number,
): Pick<StoredWebhook, 'secrets'> {
  const older = secrets
    .filter(({ until }) => until === null || until > now)
    .map((secret) => ({ ...secret, until: secret.until ?? now + SECRET_OVERLAP }));
  return { secrets: [{ sealed, until: null }, ...older].slice(0, SIGNING_LIMIT) };
}
