/** What a conditional poll costs, beside a bare answer and a bare read through an object. */
import { join } from 'node:path';
import { bundleWorker } from '../bundle.ts';
import type { Message } from '../connection.ts';
import { startFloor } from '../floor/floor.ts';
import { startHeadway } from '../headway.ts';
import { load, type Sample, sendAll, type Target } from '../load.ts';
import { createJobs } from '../measures.ts';
import { untilQuiet } from '../quiet.ts';
import { median, ratio, type Spread } from '../stats.ts';

/** Jobs of the poll that goes over many. */
const MANY_JOBS = 1_000;

export const POLLS = {
  bare: 'bare answer of Hono',
  read: 'bare read through an object',
  one: 'conditional polls of one job',
  many: `conditional polls of ${MANY_JOBS.toLocaleString('en-US')} jobs`,
  plain: 'polls of one job without a condition',
} as const;
export type Poll = keyof typeof POLLS;

export interface PollsPlan {
  rounds: number;
  /** Of a sample. */
  seconds: number;
  connections: number;
}

export interface Polls {
  connections: number;
  /** A sample a round. */
  samples: Record<Poll, Sample[]>;
  /** How many a second, the median of the rounds. */
  perSecond: Record<Poll, number>;
  /** Conditional polls ÷ bare answers and ÷ bare reads, round by round. */
  overBare: Record<'one' | 'many', Spread>;
  overRead: Record<'one' | 'many', Spread>;
  /** Reads a second in the object of the one job while it is polled, the most of any round. */
  readsPerSecond: number;
}

interface Player {
  target: Target;
  next: () => Message;
}

/** Measures all of `POLLS` in turn, `rounds` times; `tell` hears of each sample. */
export async function comparePolls(
  folder: string,
  serviceBundle: string,
  { rounds, seconds, connections }: PollsPlan,
  tell: (line: string) => void,
): Promise<Polls> {
  const bundleDir = join(folder, 'bundle');
  await bundleWorker('bench/polls/worker.ts', bundleDir, serviceBundle);
  const service = await startHeadway({ dataDir: join(folder, 'data'), bundleDir });
  const floor = await startFloor(join(folder, 'floor'), serviceBundle);
  try {
    const [row] = await createJobs(floor.target, 1, 1);
    const jobs = await createJobs(service.target, MANY_JOBS, 16);
    const players: Record<Poll, Player> = {
      bare: { target: floor.target, next: () => ({ method: 'GET', path: '/healthz' }) },
      read: { target: floor.target, next: () => ({ method: 'GET', path: `/api/jobs/${row}` }) },
      one: { target: service.target, next: conditionalPolls(jobs.slice(0, 1)) },
      many: { target: service.target, next: conditionalPolls(jobs) },
      plain: { target: service.target, next: () => ({ method: 'GET', path: `/api/jobs/${jobs[0]}` }) },
    };
    const samples: Polls['samples'] = { bare: [], read: [], one: [], many: [], plain: [] };
    const countReads = async () => Number(await (await fetch(`${service.target.url}/job-reads`)).text());
    let readsPerSecond = 0;
    const names = Object.keys(POLLS) as Poll[];
    for (let round = 0; round < rounds; round++) {
      for (const name of names.map((_, turn) => names[(turn + round) % names.length] as Poll)) {
        const { target, next } = players[name];
        // Objects that nobody asked for a while are put to sleep; waking a thousand is not what is measured.
        if (name === 'many') await sendAll(target, MANY_JOBS, 16, next);
        await untilQuiet([...service.pids, ...floor.pids]);
        const [before, began] = [await countReads(), performance.now()];
        const sample = await load(target, next, { connections, seconds, warmup: seconds / 4 });
        const took = (performance.now() - began) / 1_000;
        const reads = ((await countReads()) - before) / took;
        if (name === 'one') readsPerSecond = Math.max(readsPerSecond, reads);
        samples[name].push(sample);
        tell(
          `round ${round + 1}  ${POLLS[name]} × ${connections}: ${sample.perSecond.toFixed(0)}/s, ` +
            `p99 ${sample.p99.toFixed(1)} ms, ${reads.toFixed(1)} reads/s of jobs`,
        );
      }
    }
    return { connections, samples, readsPerSecond, ...compared(samples) };
  } finally {
    await Promise.all([service.stop(), floor.stop()]);
  }
}

/** Polls of these jobs in turn, by a reader that holds each of them as it was created. */
function conditionalPolls(jobs: readonly string[]): () => Message {
  let n = 0;
  const headers = { 'If-None-Match': '"a-1"' };
  return () => ({ method: 'GET', path: `/api/jobs/${jobs[++n % jobs.length]}`, headers });
}

function compared(samples: Polls['samples']): Pick<Polls, 'perSecond' | 'overBare' | 'overRead'> {
  const rates = (name: Poll) => samples[name].map(({ perSecond }) => perSecond);
  const over = (floor: Poll) => ({
    one: ratio(rates('one'), rates(floor)),
    many: ratio(rates('many'), rates(floor)),
  });
  const names = Object.keys(samples) as Poll[];
  const perSecond = Object.fromEntries(names.map((name) => [name, median(rates(name))]));
  return {
    perSecond: perSecond as Record<Poll, number>,
    overBare: over('bare'),
    overRead: over('read'),
  };
}
