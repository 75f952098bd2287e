/** What a conditional poll costs, beside a bare answer and a bare read through an object. */
import { join } from 'node:path';
import { bundleWorker } from '../bundle.ts';
import type { Message } from '../connection.ts';
import type { Contestant } from '../contestant.ts';
import { startFloor } from '../floor/floor.ts';
import { startHeadway } from '../headway.ts';
import { LineUp } from '../line-up.ts';
import { load, type Sample, sendAll } from '../load.ts';
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
  contestant: Contestant;
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
  const lineUp = new LineUp(folder);
  const startService = (dataDir: string) => startHeadway({ dataDir, bundleDir });
  try {
    const {
      contestant: floor,
      jobs: [row],
    } = await lineUp.enter(
      { name: 'floor', start: (data) => startFloor(data, serviceBundle) },
      (contestant) => withJobs(contestant, 1),
    );
    const { contestant: service, jobs } = await lineUp.enter(
      { name: 'service', start: startService },
      (contestant) => withJobs(contestant, MANY_JOBS),
    );
    const players: Record<Poll, Player> = {
      bare: { contestant: floor, next: () => ({ method: 'GET', path: '/healthz' }) },
      read: { contestant: floor, next: () => ({ method: 'GET', path: `/api/jobs/${row}` }) },
      one: { contestant: service, next: conditionalPolls(jobs.slice(0, 1)) },
      many: { contestant: service, next: conditionalPolls(jobs) },
      plain: { contestant: service, next: () => ({ method: 'GET', path: `/api/jobs/${jobs[0]}` }) },
    };
    const samples: Polls['samples'] = { bare: [], read: [], one: [], many: [], plain: [] };
    let readsPerSecond = 0;
    const names = Object.keys(POLLS) as Poll[];
    for (let round = 0; round < rounds; round++) {
      for (const name of names.map((_, turn) => names[(turn + round) % names.length] as Poll)) {
        const player = players[name];
        const { sample, reads } = await lineUp.call(player.contestant, () =>
          measure(player, name === 'many', { connections, seconds, warmup: seconds / 4 }),
        );
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
    await lineUp.leave();
  }
}

async function withJobs(contestant: Contestant, count: number) {
  return { contestant, jobs: await createJobs(contestant.target, count, 16) };
}

/** One sample, and how often jobs were read a second meanwhile; the floor counts no reads. */
async function measure({ contestant, next }: Player, isMany: boolean, shape: Parameters<typeof load>[2]) {
  const { kind, pids, target } = contestant;
  // Objects that nobody asked for a while are put to sleep; waking a thousand is not what is measured.
  if (isMany) await sendAll(target, MANY_JOBS, 16, next);
  await untilQuiet(pids);
  const countReads = async () => {
    return kind === 'floor' ? 0 : Number(await (await fetch(`${target.url}/job-asks`)).text());
  };
  const [before, began] = [await countReads(), performance.now()];
  const sample = await load(target, next, shape);
  const took = (performance.now() - began) / 1_000;
  return { sample, reads: ((await countReads()) - before) / took };
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
