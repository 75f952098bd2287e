/** The workers of the listed jobs: each job is reported on in its turn, so many reports a second in all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Message } from '../connection.ts';
import { askWell, sendAll, type Target } from '../load.ts';
import { reportTo } from '../measures.ts';
import type { Changes } from './changes.ts';

/** Of a job: a report moves it by a tenth of a percent, which is what a row shows at the finest. */
const ITEMS = 1_000;
const TYPES = 8;
/** Connections that wait for the next report; where more are under way, more are open. */
const CONNECTIONS = 32;
/** A service that leaves so many seconds' reports without an answer is behind for good: no more are sent. */
const BEHIND = 10;
const STAGES = ['reading', 'checking', 'writing', 'settling'];
/** Each so many reports of a job come with another stage. */
const STAGE_EVERY = 5;

interface Listed {
  id: string;
  done: number;
  stage: string;
}

export class Workers {
  readonly #target: Target;
  /** Those that are worked on, a place each; where one ends, one of `#spare` begins in its place. */
  readonly #busy: Listed[];
  readonly #spare: Listed[];
  readonly #idle: Connection[] = [];
  /** From each report to its answer (ms). */
  readonly answers: number[] = [];
  /** Why reports had no answer, one for each. */
  readonly failures: unknown[] = [];

  private constructor(target: Target, busy: Listed[], spare: Listed[]) {
    this.#target = target;
    this.#busy = busy;
    this.#spare = spare;
  }

  /** Makes `busy` jobs that are worked on, and `spare` that wait. */
  static async settle(target: Target, busy: number, spare: number): Promise<Workers> {
    const ids: string[] = [];
    const creation = (n: number): Message => ({
      ...{ method: 'POST', path: '/api/jobs/' },
      body: { job_type: `import-${n % TYPES}`, name: `Import ${n + 1}`, total_items: ITEMS },
    });
    await sendAll(target, busy + spare, 16, creation, ({ body }) => {
      ids.push((JSON.parse(body.toString()) as { job_id: string }).job_id);
    });
    const jobs = ids.map((id) => ({ id, done: 0, stage: '' }));
    const workers = new Workers(target, jobs.slice(spare), jobs.slice(0, spare));
    await sendAll(target, busy, 16, (n) => {
      const job = workers.#busy[n] as Listed;
      Object.assign(job, { done: 1, stage: STAGES[0] });
      return reportTo(job.id, { mark_started: true, processed_items: 1, stage: job.stage });
    });
    return workers;
  }

  /**
   * Sends `rate` reports a second for so long, answered or not, and waits for the last answers; for less long where the
   * service falls behind. Meanwhile `ends` of the jobs end, at even intervals.
   */
  async work(seconds: number, rate: number, ends: number, changes: Changes): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const began = performance.now();
    const count = seconds * rate;
    const endEvery = Math.ceil(count / (ends + 1));
    for (let n = 0; n < count; n++) {
      await sleep(Math.max(0, began + (n * 1_000) / rate - performance.now()));
      if (underWay.size > BEHIND * rate) break;
      const place = n % this.#busy.length;
      const next = n % endEvery === endEvery - 1 ? this.#spare.pop() : undefined;
      const sent: Promise<void> = this.#report(place, next, changes)
        .catch((cause) => {
          this.failures.push(cause);
        })
        .finally(() => underWay.delete(sent));
      underWay.add(sent);
    }
    await Promise.all(underWay);
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  /** Reports on the job of a place, or its end, where there is a `next` for the place. */
  #report(place: number, next: Listed | undefined, changes: Changes): Promise<void> {
    const job = this.#busy[place] as Listed;
    if (next !== undefined) {
      this.#busy[place] = next;
      const answered = changes.begin(job.id, 'status', `completed | 100 % | ${job.stage}`);
      return this.#send(job, { processed_items: ITEMS, mark_completed: true }, answered);
    }
    const [begins, turns] = [job.done === 0, (job.done + place) % STAGE_EVERY === 0];
    job.done += 1;
    const kind = begins ? 'status' : turns ? 'stage' : 'progress';
    if (kind === 'stage') job.stage = STAGES[(STAGES.indexOf(job.stage) + 1) % STAGES.length] ?? '';
    const answered = changes.begin(job.id, kind, `in progress | ${job.done / 10} % | ${job.stage}`);
    const stage = kind === 'stage' ? { stage: job.stage } : {};
    return this.#send(job, { processed_items: job.done, ...stage }, answered);
  }

  async #send({ id }: Listed, report: object, answered: () => void): Promise<void> {
    const { url, headers } = this.#target;
    const sent = performance.now();
    // Each in its turn: the service closes one that is left idle for some seconds.
    const connection = this.#idle.shift() ?? (await Connection.open(url, headers));
    await askWell(connection, reportTo(id, report));
    answered();
    this.answers.push(performance.now() - sent);
    if (this.#idle.length < CONNECTIONS) this.#idle.push(connection);
    else connection.close();
  }
}
