import { jobPath, pages, watch } from './reading.ts';
import type { Schemas } from './schemas.ts';
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
  tag?: string[];
  triggered_by?: string;
  created_after?: string;
  created_before?: string;
};

/** Jobs as everyone but their workers sees them. Each method rejects with a `HeadwayError`. */
export class Jobs {
  protected readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  get(id: string, { signal }: Ask = {}): Promise<Job> {
    return this.transport.ask({ method: 'GET', path: jobPath(id), signal });
  }

  /** The job once it has ended, however long that takes: `AbortSignal.timeout` bounds it. */
  async wait(id: string, { signal }: Ask = {}): Promise<Job> {
    for (;;) {
      const query = { wait: WAIT, until: 'terminal' };
      const waits = WAIT * 1_000;
      const job: Job = await this.transport.ask({ method: 'GET', path: jobPath(id), query, waits, signal });
      if (!OPEN.includes(job.status)) return job;
    }
  }

  /** The job each time it has changed, until it is settled; after a break it goes on from where it was. */
  watch(id: string, ask: Ask = {}): AsyncGenerator<Job, void, void> {
    return watch(this.transport, id, ask);
  }

  /** Newest first, all that the filter lets through. */
  list(filter: JobFilter = {}): AsyncGenerator<JobSummary, void, void> {
    return pages(this.transport, '/api/jobs', 'jobs', filter);
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

  /** Ends the job at once; that its worker has noticed is `cancellation.acknowledged_at`. */
  cancel(id: string, { reason, signal }: Ask & { reason?: string } = {}): Promise<Job> {
    return this.#post(jobPath(id, '/cancel'), { ...(reason === undefined ? {} : { reason }) }, signal);
  }

  /** A new job that does an ended one again, or its failed items alone. */
  rerun(id: string, { items = 'all', signal }: Ask & { items?: 'all' | 'failed' } = {}): Promise<Job> {
    return this.#post(jobPath(id, '/rerun'), { items }, signal);
  }

  /** Removes a job that has ended. */
  delete(id: string, { signal }: Ask = {}): Promise<null> {
    return this.transport.ask({ method: 'DELETE', path: jobPath(id), signal });
  }

  /** A new job, pending: whoever works on it attaches to it. */
  enqueue(job: NewJob, { signal }: Ask = {}): Promise<Job> {
    return this.#post('/api/jobs/', job, signal);
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
