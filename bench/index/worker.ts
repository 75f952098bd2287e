/** The service with an index that can be filled at once with what years would bring, and that tells what a list reads of it. */
import type { Status } from '../../src/domain/job/job';
import { CATEGORIES } from '../../src/domain/job/job';
import type { Summary } from '../../src/domain/job/summary';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import service from '../../src/worker';
import type { Filled, Filling } from './filling';

export * from '../../src/worker';

/** Over so many ms the jobs were made. */
const SPAN = 30 * 86_400_000;
/** Jobs of one transaction. */
const AT_ONCE = 2_000;

let rows = 0;
let counts = false;

export class OrgIndexDO extends ServiceIndex {
  constructor(ctx: DurableObjectState, env: ConstructorParameters<typeof ServiceIndex>[1]) {
    const prototype = Object.getPrototypeOf(ctx.storage.sql) as SqlStorage & { counted?: true };
    const { exec } = prototype;
    if (prototype.counted === undefined) {
      prototype.counted = true;
      prototype.exec = function counting(this: SqlStorage, ...ask: Parameters<typeof exec>) {
        const cursor = exec.apply(this, ask);
        // What is read as it is taken has read nothing yet.
        if (counts) queueMicrotask(() => (rows += cursor.rowsRead));
        return cursor;
      } as typeof exec;
    }
    super(ctx, env);
  }

  /** Adds `count` jobs that are like the newest one, the oldest first. */
  async fill({ from, count, total, now }: Filling): Promise<Filled> {
    const [like] = (await this.list({}, null, 1)) as Summary[];
    if (like === undefined) throw new Error('there is no job yet');
    const store = new OrgIndexStore(this.ctx.storage.sql);
    for (let first = from; first < from + count; first += AT_ONCE) {
      this.ctx.storage.transactionSync(() => {
        const end = Math.min(first + AT_ONCE, from + count);
        for (let n = first; n < end; n++) {
          const summary = jobOf(n, now - Math.ceil(((total - n) / total) * SPAN), like);
          store.insert(summary, {
            ...{ through: 4, progressed_at: summary.created_at, told: told(n) },
            updated_at: summary.completed_at ?? summary.created_at,
          });
        }
      });
      await this.ctx.storage.sync();
    }
    const entry = from + count < total ? 0 : this.#entryBytes();
    return { bytes: this.ctx.storage.sql.databaseSize, entry };
  }

  /** What the values of a row come to on average, numbers as eight bytes. */
  #entryBytes(): number {
    const { sql } = this.ctx.storage;
    const columns = sql.exec('SELECT * FROM summary LIMIT 1').columnNames.map((column) => {
      return `CASE typeof(${column}) WHEN 'text' THEN octet_length(${column}) WHEN 'null' THEN 0 ELSE 8 END`;
    });
    return Number(sql.exec(`SELECT avg(${columns.join(' + ')}) AS bytes FROM summary`).one().bytes);
  }
}

function told(n: number) {
  return {
    'job.created': [1, 4 * n + 1],
    'job.started': [2, 4 * n + 2],
    'job.stage_changed': [5, 4 * n + 3],
    'job.completed': [40, 4 * n + 4],
  } as const;
}

/** A job of many: numbers spread what it is called, and hide in no order. */
function jobOf(n: number, created_at: number, like: Summary): Summary {
  const random = hash(n);
  const pick = (of: number, salt: number) => hash(n * 31 + salt) % of;
  const status = statusOf(random % 1_000);
  const alive = status === 'pending' || status === 'in_progress';
  const total_items = 1_000 + pick(100_000, 1);
  const type = pick(20, 2) * (pick(3, 3) === 0 ? 1 : 0);
  const completed_at = alive ? null : created_at + 60_000 + pick(600_000, 4);
  const job_id = idOf(n);
  const again = n > 1_000 && pick(40, 5) === 0 ? idOf(n - 1 - pick(900, 6)) : null;
  const job: Summary & { parent_job_id: string | null } = {
    ...like,
    ...{ job_id, created_at, completed_at, status, total_items, revision: 40, logs_total: 12 },
    job_type: n % 50_000 === 7 ? 'rare' : `type-${type}`,
    name: n % 50_000 === 7 ? 'Once in a while' : `Import of shop ${pick(5_000, 7)}`,
    category: CATEGORIES[type % CATEGORIES.length] ?? 'sync',
    triggered_by: n % 50_000 === 7 ? 'seldom@example.com' : `person-${pick(300, 8)}@example.com`,
    tags: [`team-${pick(30, 9)}`, ...(n % 50_000 === 7 ? ['seldom'] : pick(3, 10) === 0 ? ['nightly'] : [])],
    health: alive && pick(10, 11) === 0 ? 'late' : 'ok',
    processed_items: alive ? Math.floor(total_items / 2) : total_items,
    failed_items: status === 'failed' ? pick(50, 12) : 0,
    progress_percentage: alive ? 50 : 100,
    success_rate: 100,
    duration_seconds: completed_at === null ? null : (completed_at - created_at) / 1_000,
    started_at: created_at + 400,
    // One that waits is asked for nothing by whoever looks at it.
    last_report_at: status === 'pending' ? null : (completed_at ?? created_at + 30_000),
    rate_per_second: total_items / 61.7,
    stage: alive ? 'Downloading images' : 'Done',
    last_message: `Wrote ${total_items} products of ${pick(90, 13)} suppliers into the catalogue`,
    error_message:
      status === 'failed' ? `The supplier's server closed the connection after ${random} bytes` : null,
    errors_total: status === 'failed' ? 12 : 0,
    errors_by_type: status === 'failed' ? { timeout: 7, invalid_price: 5 } : {},
    ...{ rerun_of: again, root_job_id: again ?? job_id, rerun_number: again === null ? 0 : 1 },
    parent_job_id: n > 1_000 && pick(20, 14) === 0 ? idOf(n - (n % 500)) : null,
  };
  return job;
}

function statusOf(random: number): Status {
  if (random < 1) return 'in_progress';
  if (random < 10) return 'pending';
  if (random < 60) return 'failed';
  if (random < 80) return 'cancelled';
  if (random < 200) return 'completed_with_warnings';
  return 'completed';
}

/** The same of `n` in every run, and without an order. */
function idOf(n: number): string {
  const hex = [hash(n), hash(n ^ 0x5bd1e995)].map((part) => part.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-8000-${n.toString(16).padStart(12, '0')}`;
}

function hash(n: number): number {
  let mixed = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

interface Env {
  ORG_INDEX: DurableObjectNamespace<OrgIndexDO>;
}

export default {
  async fetch(request, env, ctx) {
    const { origin, pathname, searchParams } = new URL(request.url);
    if (pathname === '/fill') {
      const index = env.ORG_INDEX.getByName(`${searchParams.get('organization')}/0`);
      return Response.json(await index.fill((await request.json()) as Filling));
    }
    if (pathname === '/rows') {
      [rows, counts] = [0, true];
      const path = searchParams.get('path') ?? '';
      await service.fetch(new Request(origin + path, { headers: request.headers }), env as never, ctx);
      counts = false;
      return Response.json(rows);
    }
    return service.fetch(request, env as never, ctx);
  },
} satisfies ExportedHandler<Env>;
