import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { FollowedEvent, JobSummary } from '../../client/page.ts';
import { headway } from '../service.ts';
import { noteRefusal, wordsOf } from '../session.ts';
import { Freshness } from './freshness.ts';
import { isNewsOf, type ListFilters, queryOf } from './job-filter.ts';
import { afterEvent, type JobRow } from './job-row.ts';
import { type Line, SharedEvents } from './shared-events.ts';

/** Rows that are asked for at once, and that a page keeps at most. */
const PAGE = 100;
export const MOST = 10_000;
/** What leaves a job’s status as it was, and so how many there are of each. */
const STEPS: FollowedEvent['type'][] = ['job.stage_changed', 'job.progressed'];

/**
 * The jobs that a filter lets through: a snapshot, then changed by the feed in place. Their order stays as it was read; new
 * ones are counted and wait for `refresh`.
 */
export class JobList {
  readonly rows = signal<readonly Signal<JobRow>[]>([]);
  readonly #freshness = new Freshness();
  readonly line: ReadonlySignal<Line> = this.#freshness.line;
  readonly heardAt: ReadonlySignal<number> = this.#freshness.heardAt;
  /** New jobs that the list does not show yet, `MOST` where there are as many or more. */
  readonly waiting = signal(0);
  readonly loading = signal(true);
  readonly error = signal<string | null>(null);
  readonly hasMore = signal(false);
  /** Rises with what changes numbers of jobs: a change of what is shown, or another’s status; of children, anything of one. */
  readonly moved = signal(0);
  /** The last change of status, for those who listen, and its number. */
  readonly spoken = signal({ sentence: '', turn: 0 });
  readonly #filters: ListFilters;
  readonly #byId = new Map<string, Signal<JobRow>>();
  readonly #news = new Set<string>();
  readonly #events: SharedEvents;
  readonly #end = new AbortController();
  #next: string | null = null;
  #pending: FollowedEvent[] = [];
  /** One more for every reading from the newest: what an earlier one answers is no part of the list any more. */
  #round = 0;
  /** Of jobs that are not shown, what happened while older ones are asked for, which may be theirs. */
  #meanwhile: FollowedEvent[] = [];
  #frame = 0;

  constructor(name: string, filters: ListFilters) {
    this.#filters = filters;
    this.#events = new SharedEvents({
      ...{ name, service: headway, alone: true },
      onEvent: (event) => this.#take(event),
      onLine: (line) => {
        if (this.#freshness.turn(line)) this.error.value = null;
      },
      onRefused: (error) => this.#refuse(error),
      onLost: () => void this.refresh(),
    });
  }

  /** Reads the list anew, from its newest, and again after a pause where that fails. What happens meanwhile is read after it. */
  async refresh(): Promise<void> {
    const round = ++this.#round;
    this.loading.value = true;
    try {
      const { next_cursor } = await headway.readEvents({
        after: 'now',
        limit: 1,
        signal: this.#end.signal,
      });
      const { jobs, next } = await this.#page(null);
      if (round !== this.#round) return;
      batch(() => {
        this.#byId.clear();
        this.#news.clear();
        this.waiting.value = 0;
        this.rows.value = jobs.map((job) => this.#keep(job));
        this.#setNext(next);
        this.#freshness.hear();
        // What goes by the rows is older than they are now.
        if (round > 1) this.moved.value += 1;
      });
      this.#events.follow(next_cursor);
    } catch (error) {
      if (round === this.#round) this.#events.retry(error);
    } finally {
      this.#settle(round);
    }
  }

  /** Reads older jobs to the end of the list. */
  async more(): Promise<void> {
    if (this.#next === null || this.loading.value) return;
    const round = this.#round;
    this.loading.value = true;
    try {
      const { jobs, next } = await this.#page(this.#next);
      if (round !== this.#round) return;
      batch(() => {
        const fresh = jobs.filter(({ job_id }) => !this.#byId.has(job_id)).map((job) => this.#keep(job));
        this.rows.value = [...this.rows.value, ...fresh];
        this.#setNext(next);
        // What a row knows already leaves it as it is.
        for (const event of this.#meanwhile) if (this.#byId.has(event.job_id ?? '')) this.#apply(event);
        this.waiting.value = this.#news.size;
        if (this.line.peek() === 'live') this.error.value = null;
      });
    } catch (error) {
      if (round === this.#round) this.#refuse(error);
    } finally {
      this.#settle(round);
    }
  }

  stop(): void {
    this.#end.abort();
    this.#freshness.stop();
    cancelAnimationFrame(this.#frame);
    this.#events.stop();
  }

  async #page(cursor: string | null): Promise<{ jobs: JobSummary[]; next: string | null }> {
    const query = { ...queryOf(this.#filters), limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const { jobs, next_cursor } = await headway.listPage({ ...query, signal: this.#end.signal });
    return { jobs, next: next_cursor };
  }

  #keep(job: JobSummary): Signal<JobRow> {
    const row = signal<JobRow>(job);
    this.#byId.set(job.job_id, row);
    this.#news.delete(job.job_id);
    return row;
  }

  #setNext(next: string | null): void {
    this.#next = this.rows.value.length >= MOST ? null : next;
    this.hasMore.value = this.#next !== null;
  }

  /** Says what was refused; true where nobody waits for it any more. */
  #refuse(error: unknown): boolean {
    if (this.#end.signal.aborted || noteRefusal(error)) return true;
    this.error.value = wordsOf(error);
    return false;
  }

  #settle(round: number): void {
    if (round !== this.#round) return;
    this.loading.value = false;
    this.#meanwhile = [];
  }

  /** Events are shown together, once a frame: a busy feed costs no more than the screen can show. */
  #take(event: FollowedEvent): void {
    this.#pending.push(event);
    if (this.#pending.length > 1) return;
    const show = () => this.#show();
    // A hidden page has no frames.
    if (document.visibilityState === 'hidden') setTimeout(show, 250);
    else this.#frame = requestAnimationFrame(show);
  }

  #show(): void {
    const events = this.#pending;
    this.#pending = [];
    batch(() => {
      for (const event of events) this.#apply(event);
      this.#freshness.hear();
    });
  }

  #apply(event: FollowedEvent): void {
    const { job_id } = event;
    if (job_id === null) return;
    const row = this.#byId.get(job_id);
    if (row === undefined) {
      this.#applyUnseen(job_id, event);
      return;
    }
    const before = row.value;
    row.value = afterEvent(before, event);
    if (row.value !== before) this.moved.value += 1;
    const { name, status } = row.value;
    if (status === before.status) return;
    this.spoken.value = {
      sentence: `${name}: ${status.replaceAll('_', ' ')}`,
      turn: this.spoken.peek().turn + 1,
    };
  }

  /** An event of a job that is not shown. Of a list of children those of other parents move nothing. */
  #applyUnseen(jobId: string, event: FollowedEvent): void {
    const { type, data } = event;
    const parent = this.#filters.parent_job_id;
    const isChild = 'parent_job_id' in data && data.parent_job_id === parent;
    if (parent === undefined ? !STEPS.includes(type) : isChild) this.moved.value += 1;
    if (this.loading.peek()) this.#meanwhile.push(event);
    const isNews = isNewsOf(this.#filters, event);
    if (isNews === false) this.#news.delete(jobId);
    if (isNews === true && this.#news.size < MOST) this.#news.add(jobId);
    this.waiting.value = this.#news.size;
  }
}
