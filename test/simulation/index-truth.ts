import type { AuditRecord } from '../../src/domain/audit/audit-record';
import type { Publication } from '../../src/domain/feed/publication';
import { FEED_TABLES } from '../../src/domain/feed/retention';
import { TOMBSTONE_TABLES } from '../../src/objects/org-index/org-index-schema';
import { type SummaryRow, summaryOf } from '../../src/objects/org-index/summary-row';
import type { JobTruth } from './job-truth';
import type { Disk } from './storage';
import type { World } from './world';

export interface Known {
  revision: number;
  through: number;
}

const FEED = Array.from({ length: FEED_TABLES }, (_, n) => `SELECT * FROM feed_${n} WHERE seq > ?1`).join(
  ' UNION ALL ',
);

const ACTS = Array.from({ length: 4 }, (_, n) => `SELECT n, body FROM audit_${n}`).join(' UNION ALL ');

const GONE = `SELECT max(revision) AS revision, max(through) AS through FROM (${Array.from(
  { length: TOMBSTONE_TABLES },
  (_, n) => `SELECT * FROM tombstone_${n} WHERE job_id = ?1 AND expires_at > ?2`,
).join(' UNION ALL ')}) HAVING count(*) > 0`;

/** What the index's disk holds, read after every step, against the jobs it speaks of. */
export class IndexTruth {
  readonly disk: Disk;
  readonly jobs = new Map<string, JobTruth>();
  readonly #world: World;
  readonly #fed = new Map<string, number>();
  readonly #revisions = new Map<string, number>();
  #head = 0;
  #ready = false;
  #stamp = '';

  constructor(world: World, disk: Disk) {
    this.#world = world;
    this.disk = disk;
  }

  /** How far the index knows a job, listed or deleted; null where it never heard of it. */
  known(jobId: string): Known | null {
    if (!this.#started()) return null;
    const [listed] = this.disk.rows<Known>('SELECT revision, through FROM summary WHERE job_id = ?', jobId);
    if (listed !== undefined) return listed;
    const [gone] = this.disk.rows<Known>(GONE, jobId, this.#world.now);
    return gone ?? null;
  }

  /** The listed jobs: what the index says of each, and of which revision. */
  listed(): { job_id: string; revision: number; body: string }[] {
    if (!this.#started()) return [];
    const rows = this.disk.rows<SummaryRow & Known & { job_id: string }>('SELECT * FROM summary');
    return rows.map((row) => {
      return { job_id: row.job_id, revision: row.revision, body: JSON.stringify(summaryOf(row)) };
    });
  }

  /** The audit records that it keeps, in the order of their numbers, which have no holes. */
  acts(): AuditRecord[] {
    if (!this.disk.has('audit_period')) return [];
    const rows = this.disk.rows<{ n: number; body: string }>(`${ACTS} ORDER BY n`);
    for (const [index, { n }] of rows.entries()) {
      if (n !== index + 1) this.#world.violated(`the audit record behind ${index} is ${n}`);
    }
    return rows.map(({ body }) => JSON.parse(body) as AuditRecord);
  }

  observe(): void {
    const stamp = this.disk.stamp;
    if (stamp === this.#stamp || !this.#started()) return;
    this.#stamp = stamp;
    for (const { job_id, revision, body } of this.listed()) this.jobs.get(job_id)?.says(revision, body);
    this.#follow();
  }

  /** How many of a job's events the feed has. */
  fed(jobId: string): number {
    return this.#fed.get(jobId) ?? 0;
  }

  /** The job's events are counted from 1 again: its old ones are past the feed's retention. */
  forget(jobId: string): void {
    this.#fed.delete(jobId);
    this.#revisions.delete(jobId);
  }

  dealt(publication: Publication, known: Known | null, rows: number | null): void {
    const last = publication.events.at(-1)?.n ?? 0;
    const old = known !== null && known.revision >= publication.summary.revision && known.through >= last;
    if (old && rows !== null && rows > 0) {
      this.#world.violated(`a publication that said nothing new wrote ${rows} rows`);
    }
  }

  /** Whether it has its tables: once there, they stay. */
  #started(): boolean {
    this.#ready ||= this.disk.has('summary');
    return this.#ready;
  }

  /** Every event enters the feed once, in the job's order, without holes. */
  #follow(): void {
    const rows = this.disk.rows<{ seq: number; job_id: string; revision: number; body: string }>(
      `${FEED} ORDER BY seq`,
      this.#head,
    );
    for (const { seq, job_id, revision, body } of rows) {
      this.#head = seq;
      const { type } = JSON.parse(body) as { type: string };
      if (revision < (this.#revisions.get(job_id) ?? 0)) {
        this.#world.violated(`${type} of job ${job_id.slice(0, 8)} is in the feed behind a later revision`);
      }
      if (type === 'job.progressed' && revision === this.#revisions.get(job_id)) {
        this.#world.violated(`job ${job_id.slice(0, 8)} progressed at a revision that was told already`);
      }
      this.#revisions.set(job_id, revision);
      if (type === 'job.progressed') continue;
      const place = this.fed(job_id);
      this.#fed.set(job_id, place + 1);
      this.#world.counts.events += 1;
      const due = this.jobs.get(job_id)?.events[place];
      if (due === undefined || !isDue(due, revision, body)) {
        this.#world.violated(
          `event ${place + 1} of job ${job_id.slice(0, 8)} in the feed is ${body}, not ${due}`,
        );
      }
    }
  }
}

/** Whether the feed says at least what the job says of its event: it adds who the job is. */
function isDue(due: string, revision: number, body: string): boolean {
  const [, of, text] = /^(\d+) (.*)$/s.exec(due) ?? [];
  const told = JSON.parse(body) as Record<string, unknown>;
  const own = Object.entries(JSON.parse(text ?? '{}') as Record<string, unknown>);
  return Number(of) === revision && own.length > 0 && own.every(([field, value]) => told[field] === value);
}
