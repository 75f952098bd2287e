/** How long after a report's answer its watchers are told, by how many there are. */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Random } from '../../test/support/random.ts';
import { Connection } from '../connection.ts';
import type { Contestant } from '../contestant.ts';
import { createJobs, reportTo } from '../measures.ts';
import { quantile } from '../stats.ts';
import { type Ask, type Say, sharedNow } from './readers.ts';

export interface LatencyPlan {
  watchers: readonly number[];
  /** Of reports, at each number of watchers. */
  seconds: number;
}

export interface Latency {
  watchers: number;
  /** Reports that were answered and counted. */
  reports: number;
  /** From a report's answer to the whole frame that tells of it, over all watchers (ms). */
  p50: number;
  p99: number;
}

/** Processes that read, where there are enough watchers for them. */
const PROCESSES = 4;
/** Pauses between reports (ms): five a second, in no step with the deliveries. */
const PAUSE = [50, 350] as const;
/** Reports that warm everything up and count for nothing. */
const WARM_UP = 5;

/** Measures each number of watchers on a job of its own. */
export async function measureLatency(
  service: Contestant,
  { watchers, seconds }: LatencyPlan,
  tell: (line: string) => void,
): Promise<Latency[]> {
  const found: Latency[] = [];
  for (const count of watchers) {
    const [job = ''] = await createJobs(service.target, 1, 1);
    const processes = Math.min(PROCESSES, count);
    const crews = Array.from({ length: processes }, (_, n) => ({
      crew: new Crew(),
      streams: Math.floor((count + n) / processes),
    }));
    try {
      const path = `/api/jobs/${job}/stream`;
      const opening = crews.map(({ crew, streams }) =>
        crew.ask({ ask: 'open', target: service.target, path, streams }),
      );
      await Promise.all(opening);
      const answers = await report(service, job, seconds);
      const told = await Promise.all(crews.map(({ crew }) => crew.ask({ ask: 'latencies', answers })));
      const latencies = told.flatMap((said) => (said.say === 'latencies' ? said.latencies : []));
      const sorted = Float64Array.from(latencies).sort();
      if (sorted.length !== answers.length * count) throw new Error(`${sorted.length} frames were told`);
      const point = { watchers: count, reports: answers.length };
      found.push({ ...point, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) });
      const { p50, p99 } = found.at(-1) as Latency;
      tell(
        `${count} watchers: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${answers.length} reports`,
      );
    } finally {
      for (const { crew } of crews) crew.end();
    }
  }
  return found;
}

/** Reports for some seconds and answers which revision was answered when. */
async function report(
  { target }: Contestant,
  job: string,
  seconds: number,
): Promise<[revision: number, at: number][]> {
  const random = new Random(1);
  const answers: [revision: number, at: number][] = [];
  const connection = await Connection.open(target.url, target.headers);
  try {
    const until = performance.now() + seconds * 1_000;
    for (let n = 1; performance.now() < until || n <= WARM_UP + 1; n++) {
      await sleep(random.between(...PAUSE));
      const { status, body } = await connection.ask(reportTo(job, { processed_items: n }));
      const at = sharedNow();
      if (status !== 200) throw new Error(`a report: ${status} ${body}`);
      const { applied_revision } = JSON.parse(body.toString()) as { applied_revision: number };
      if (n > WARM_UP) answers.push([applied_revision, at]);
    }
  } finally {
    connection.close();
  }
  return answers;
}

/** A process of readers: one question at a time. */
class Crew {
  readonly #process: ChildProcess = fork(fileURLToPath(new URL('./readers.ts', import.meta.url)));

  ask(what: Ask): Promise<Say> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('a process of readers has ended'));
      this.#process.once('exit', ended);
      this.#process.once('message', (said: Say) => {
        this.#process.off('exit', ended);
        if (said.say === 'failed') reject(new Error(said.why));
        else resolve(said);
      });
      this.#process.send(what);
    });
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}
