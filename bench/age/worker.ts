/** The service with objects that can be filled at once with what years would bring, and an endpoint's pull to measure. */
import type { PullAsk } from '../../src/objects/org-index/contract';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import { WebhookDO as ServiceWebhook } from '../../src/objects/webhook/webhook-do';
import service from '../../src/worker';
import type { Rows } from './rows';

export * from '../../src/worker';

const COUNT = 'WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ?)';

export class OrgIndexDO extends ServiceIndex {
  /** Adds rows behind those that are there: the tables have to exist. */
  async age({ feed, summaries, tombstones }: Rows): Promise<void> {
    const { sql, transactionSync } = this.ctx.storage;
    transactionSync.call(this.ctx.storage, () => {
      const [newest] = sql
        .exec<{ seq: number; name: number }>(
          [0, 1, 2, 3].map((n) => `SELECT max(seq) AS seq, ${n} AS name FROM feed_${n}`).join(' UNION ALL '),
        )
        .toArray()
        .sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0));
      if (newest === undefined) throw new Error('there is no feed yet');
      const data = { type: 'job.progressed', message: 'Progress', job_type: 'import', pad: 'x'.repeat(500) };
      sql.exec(
        `INSERT INTO feed_${newest.name} (seq, at, job_id, revision, body)
          ${COUNT} SELECT n + ${newest.seq}, n, '00000000-0000-8000-8000-000000000000', n, ? FROM count`,
        ...[feed, JSON.stringify(data)],
      );
      const body = sql.exec<{ body: string }>('SELECT body FROM summary LIMIT 1').one().body;
      sql.exec(
        `INSERT INTO summary (created_at, completed_at, updated_at, job_id, revision, through, status, job_type, name, category,
            tags, body, told)
          ${COUNT} SELECT n, n, n, printf('%036d', n), 3, 3,
            CASE n % 10 WHEN 0 THEN 'failed' WHEN 1 THEN 'partial_success' ELSE 'completed' END,
            'import', 'Import', 'sync', '[]', ?, '{}' FROM count`,
        ...[summaries, body],
      );
      sql.exec(
        `INSERT INTO tombstone_0 ${COUNT} SELECT printf('%036d', n), 1, 1, 9000000000000000 FROM count`,
        tombstones,
      );
    });
  }
}

export class WebhookDO extends ServiceWebhook {
  async age({ deliveries }: Rows): Promise<void> {
    await this.begin();
    const { sql, transactionSync } = this.ctx.storage;
    transactionSync.call(this.ctx.storage, () => {
      const { turn } = sql.exec<{ turn: number }>('SELECT log_turn AS turn FROM state').one();
      sql.exec(
        `INSERT INTO delivery_${turn % 4}
            (n, queued_at, event_id, type, job_id, revision, status, tries, attempts, delivered_at, body)
          ${COUNT} SELECT n, ?, 'e' || n, 'job.created', 'j' || n, 1, 'delivered', 1, '[]', n, ? FROM count`,
        ...[deliveries, Date.now(), JSON.stringify({ pad: 'x'.repeat(500) })],
      );
      sql.exec('UPDATE state SET next_n = ?, settled_through = ?', deliveries + 1, deliveries);
    });
  }
}

interface Env {
  ORG_INDEX: DurableObjectNamespace<OrgIndexDO>;
  WEBHOOK: DurableObjectNamespace<WebhookDO>;
}

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/age' && pathname !== '/pull') return service.fetch(request, env as never, ctx);
    const organization = searchParams.get('organization') ?? '';
    const webhook_id = searchParams.get('webhook') ?? '';
    const index = env.ORG_INDEX.getByName(`${organization}/0`);
    if (pathname === '/pull') {
      const { head } = await index.readFeed({ after: 0, limit: 1 });
      const ask: PullAsk = { webhook_id, after: Math.max(0, head - 100), limit: 100, intent: 'more' };
      return Response.json((await index.pull(ask)).events.length);
    }
    const rows = (await request.json()) as Rows;
    await index.age(rows);
    await env.WEBHOOK.getByName(`${organization}/${webhook_id}`).age(rows);
    return Response.json(rows);
  },
} satisfies ExportedHandler<Env>;
