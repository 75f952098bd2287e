/**
 * Somebody else's organization, at its ordinary work: it creates, reports, polls and lists at a steady rate, answered or not:
 * a service that stalls is not asked less. What a busy machine adds to a latency is taken off it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Connection, type Message } from '../connection.ts';
import type { Target } from '../load.ts';
import { createJobs, creation, reportTo } from '../measures.ts';
import { quantile } from '../stats.ts';
import { Stretch } from './stretch.ts';

/** Requests a second. */
const RATE = 40;
/** Jobs that are reported on and polled. */
const JOBS = 12;
/** Connections, as many as are needed up to this; a request beyond waits for one. */
const CONNECTIONS = 64;
const WARM_UP = 300;

/** What the victim met (ms). */
export interface Sample {
  requests: number;
  p50: number;
  p99: number;
  max: number;
  /** Requests that had no good answer, and the first of them. They count nowhere else. */
  failed: number;
  firstFailure: string | null;
}

export class Victim {
  readonly #target: Target;
  readonly #pids: readonly number[];
  readonly #jobs: string[];
  readonly #idle: Connection[] = [];
  #open = 0;
  #n = 0;

  private constructor(target: Target, pid: number, jobs: string[]) {
    this.#target = target;
    this.#pids = [pid, process.pid];
    this.#jobs = jobs;
  }

  /** Makes its jobs at the service that process `pid` is, and works for a moment, so that what is first counts for nothing. */
  static async settle(target: Target, pid: number): Promise<Victim> {
    const victim = new Victim(target, pid, await createJobs(target, JOBS, 4));
    await victim.work(sleep(WARM_UP));
    return victim;
  }

  /** Works until `over` settles and waits for all its answers. */
  async work(over: Promise<unknown>): Promise<Sample> {
    const latencies: number[] = [];
    const failures: string[] = [];
    let isOver = false;
    const ending = over.finally(() => {
      isOver = true;
    });
    const underWay: Promise<void>[] = [];
    const began = performance.now();
    for (let sent = 0; !isOver; sent++) {
      await sleep(Math.max(0, began + (sent * 1_000) / RATE - performance.now()));
      underWay.push(
        this.#ask(this.#next()).then(
          (ms) => void latencies.push(ms),
          (cause) => void failures.push(String(cause)),
        ),
      );
    }
    await Promise.all(underWay);
    await ending;
    const sorted = Float64Array.from(latencies).sort();
    const of = (share: number) => (sorted.length === 0 ? Number.POSITIVE_INFINITY : quantile(sorted, share));
    const failed = { failed: failures.length, firstFailure: failures[0] ?? null };
    return { requests: underWay.length, p50: of(0.5), p99: of(0.99), max: of(1), ...failed };
  }

  leave(): void {
    for (const connection of this.#idle) connection.close();
  }

  /** Of forty requests one creates, three list, sixteen report and twenty poll. */
  #next(): Message {
    const n = this.#n++;
    const job = this.#jobs[(n * 7) % this.#jobs.length];
    if (n % 40 === 7) return creation();
    if (n % 13 === 5) return { method: 'GET', path: '/api/jobs/' };
    return n % 5 < 2 ? reportTo(job, { processed_items: n }) : { method: 'GET', path: `/api/jobs/${job}` };
  }

  /** Resolves with the time from here to the whole answer (ms). */
  async #ask(message: Message): Promise<number> {
    const stretch = new Stretch(this.#pids);
    const { status } = await this.#answer(message);
    if (status >= 300) throw new Error(`${message.method} ${message.path}: ${status}`);
    return stretch.ms;
  }

  async #answer(message: Message): Promise<Answer> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined && this.#open === CONNECTIONS) {
        await sleep(1);
        continue;
      }
      try {
        const connection = idle ?? (await this.#connect());
        const answer = await connection.ask(message);
        this.#idle.push(connection);
        return answer;
      } catch (cause) {
        this.#open -= 1;
        // A connection that has been idle for a while may be closed at any time, and says nothing of the service.
        if (idle === undefined) throw cause;
      }
    }
  }

  #connect(): Promise<Connection> {
    this.#open += 1;
    return Connection.open(this.#target.url, this.#target.headers);
  }
}
