import { jobPath, pages, type Watch, watch } from './reading.ts';
import type { Schemas } from './schemas.ts';
import type { Query } from './service.ts';
import type { Transport } from './transport.ts';
import type {
  Ask,
  Item,
  Job,
  JobEvent,
  JobStatus,
  JobSummary,
  LogLine,
  NewJob,
  RecordedIssue,
} from './types.ts';

/** Seconds that one question after a job may wait: the service answers before they are over. */
const WAIT = 60;
const OPEN: readonly JobStatus[] = ['pending', 'in_progress'];

type Page = Ask & { limit?: number | undefined };
export type IssueFilter = Page & { error_type?: string; entity_type?: string };
export type LogFilter = Page & {
  level?: 'info' | 'warn' | 'error';
  since?: string;
  until?: string;
  q?: string;
};
export type JobFilter = Page & {
  status?: (JobStatus | 'running')[];
  job_type?: string;
  category?: JobSummary['category'];
  health?: JobSummary['health'][];
  tag?: string[];
  triggered_by?: string;
  name?: string;
  q?: string;
  parent_job_id?: string;
  rerun_of?: string;
  root_job_id?: string;
  created_after?: string;
  created_before?: string;
};

export type ExportFilter = JobFilter & { format?: 'ndjson' | 'csv'; cursor?: string };

/** What a route that is read may be given: it is its query, but for the signal. */
type PolledAsk = Ask & { wait?: number | undefined; until?: string; limit?: number | undefined } & object;

export type Bulk = Schemas['BulkCancel'] | Schemas['BulkRerun'] | Schemas['BulkDelete'];

/** Jobs as everyone but their workers sees them. Each method rejects with a `HeadwayError`. */
export class Jobs {
  protected readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  get(id: string, ask: Ask = {}): Promise<Job> {
    return this.read(jobPath(id), ask);
  }

  /** The job once it has ended, however long that takes: `AbortSignal.timeout` bounds it. */
  async wait(id: string, { signal }: Ask = {}): Promise<Job> {
    for (;;) {
      const job: Job = await this.read(jobPath(id), { wait: WAIT, until: 'terminal', signal });
      if (!OPEN.includes(job.status)) return job;
    }
  }

  /** The job each time it has changed, until it is settled; after a break it goes on from where it was. */
  watch(id: string, ask: Watch = {}): AsyncGenerator<Job, void, void> {
    return watch(this.transport, id, ask);
  }

  /** Newest first, all that the filter lets through; by `completed_at` those that have ended alone. */
  list(
    filter: JobFilter & { order?: 'created_at' | 'updated_at' | 'completed_at' } = {},
  ): AsyncGenerator<JobSummary, void, void> {
    return pages(this.transport, '/api/jobs', 'jobs', filter);
  }

  /** How many there are by status, category and type, how they ended and how long they took. */
  stats(filter: Ask & Pick<JobFilter, 'job_type' | 'category'> = {}): Promise<Schemas['JobStats']> {
    return this.read('/api/jobs/stats', filter);
  }

  /** The same as one download, its body unread: of one that broke off the end is missing. Tried once. */
  export({ signal, ...query }: ExportFilter = {}): Promise<Response> {
    const request = { method: 'GET', path: '/api/jobs/export', query } as const;
    return this.transport.open(request, signal);
  }

  /** One page of them: `next_cursor` leads on, and is null on the last. */
  listPage(filter: JobFilter & { cursor?: string } = {}): Promise<Schemas['JobList']> {
    return this.read('/api/jobs', filter);
  }

  /** Oldest first, as the lists that follow. */
  errors(id: string, filter: IssueFilter = {}): AsyncGenerator<RecordedIssue, void, void> {
    return this.#pages(id, 'errors', filter);
  }

  warnings(id: string, filter: IssueFilter = {}): AsyncGenerator<RecordedIssue, void, void> {
    return this.#pages(id, 'warnings', filter);
  }

  logs(id: string, filter: LogFilter = {}): AsyncGenerator<LogLine, void, void> {
    return this.#pages(id, 'logs', filter);
  }

  /** What happened to one job; `events` has what happened to all. */
  history(id: string, page: Page = {}): AsyncGenerator<JobEvent, void, void> {
    return this.#pages(id, 'events', page);
  }

  /** The items that a rerun of failed ones is for. */
  items(id: string, page: Page = {}): AsyncGenerator<Item, void, void> {
    return this.#pages(id, 'items', page);
  }

  /** Its children, newest first, reruns of theirs among them. */
  children(id: string, page: Page = {}): AsyncGenerator<JobSummary, void, void> {
    return pages(this.transport, jobPath(id, '/children'), 'jobs', page);
  }

  /** What its children come to, as the index has them. */
  async rollup(id: string, { signal }: Ask = {}): Promise<Schemas['Rollup']> {
    const page = await this.read<Schemas['ChildList']>(jobPath(id, '/children'), { limit: 1, signal });
    return page.rollup;
  }

  /**
   * Ends the job at once; that its worker has noticed is `cancellation.acknowledged_at`. With `children` theirs is a bulk
   * operation, whose job is named.
   */
  cancel(
    id: string,
    { signal, ...body }: Ask & { reason?: string; children?: boolean } = {},
  ): Promise<Job & { bulk_job_id?: string }> {
    return this.#post(jobPath(id, '/cancel'), body, signal);
  }

  /** A new job that does an ended one again, or its failed items alone. */
  rerun(id: string, { items = 'all', signal }: Ask & { items?: 'all' | 'failed' } = {}): Promise<Job> {
    return this.#post(jobPath(id, '/rerun'), { items }, signal);
  }

  /** Removes a job that has ended. */
  delete(id: string, { signal }: Ask = {}): Promise<null> {
    return this.transport.ask({ method: 'DELETE', path: jobPath(id), signal });
  }

  /**
   * Begins to cancel, run again or delete many jobs: those of a filter, or up to 1,000 that are named. The job of the answer
   * shows how far that is; a `dry_run` answers the count alone.
   */
  bulk<Body extends Bulk>(
    operation: 'cancel' | 'rerun' | 'delete',
    body: Body,
    { signal }: Ask = {},
  ): Promise<Schemas[Body extends { dry_run: true } ? 'BulkCount' : 'BulkHandle']> {
    return this.transport.ask({
      ...{ method: 'POST', path: `/api/jobs/bulk/${operation}`, body, keyed: true, signal },
    });
  }

  /** A new job, pending: whoever works on it attaches to it. */
  enqueue(job: NewJob, { signal }: Ask = {}): Promise<Job> {
    return this.#post('/api/jobs/', job, signal);
  }

  /** Reads what is there; where the query has `wait`, for so many seconds longer. */
  protected read<Answer>(path: string, { signal, ...query }: PolledAsk): Promise<Answer> {
    const waits = (query.wait ?? 0) * 1_000;
    return this.transport.ask({ method: 'GET', path, query: query as Query, waits, signal });
  }

  async #post(path: string, body: object, signal: AbortSignal | undefined): Promise<Job> {
    const answer = await this.transport.ask<Schemas['JobWithControl']>({
      ...{ method: 'POST', path, body, keyed: true, signal },
    });
    const { control: _control, adjusted: _adjusted, ...job } = answer;
    return job as Job;
  }

  #pages<Entry>(id: string, name: string, filter: Ask & object): AsyncGenerator<Entry, void, void> {
    return pages<Entry>(this.transport, jobPath(id, `/${name}`), name, filter);
  }
}
