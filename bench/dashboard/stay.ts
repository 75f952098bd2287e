/** One stay at the list: the page left open, the jobs at work, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Headway } from '../headway.ts';
import { processorMs } from '../processor.ts';
import { quantile } from '../stats.ts';
import { Changes, type Delays } from './changes.ts';
import { FeedEar } from './feed-ear.ts';
import { ListPage, type PageMemory } from './list-page.ts';
import { Workers } from './workers.ts';

export interface StayPlan {
  /** Jobs that are listed and worked on. */
  jobs: number;
  /** Changes a second over all of them. */
  rate: number;
  seconds: number;
  /** Whether the feed is listened to beside the page, which costs the service a reader more. */
  steps: boolean;
}

export interface Stay {
  /** From opening the page to its first rows (ms), time after time. */
  first: number[];
  /** By what changed. */
  delays: [what: string, Delays][];
  steps: [step: string, Delays][];
  missed: number;
  overtaken: number;
  /** From a report to its answer (ms). */
  answers: { count: number; p50: number; p99: number };
  /** Why reports had no answer, one for each. */
  failures: unknown[];
  /** The paths that the page has asked for. */
  requests: string[];
  seconds: number;
  /** Cores that were busy, by whom; and the share of one that the page's main thread was, by what. */
  cores: Record<string, number>;
  page: Record<string, number>;
  memory: PageMemory[];
}

/** Jobs beside them that are listed too: each begins in the place of one that ends. */
const SPARE = 0.1;
/** What is first costs more than what follows: it counts for nothing (s). */
const WARM_UP = 15;
/** Between two looks at what the page has noted (ms), and at its memory (s). */
const LOOK = 5_000;
const MEMORY_EVERY = 300;
/** How often the page is opened for its first rows. */
const OPENINGS = 11;
/** How long the last changes are waited for (ms). */
const PATIENCE = 5_000;

export async function stay(service: Headway, plan: StayPlan, tell: (line: string) => void): Promise<Stay> {
  const { target } = service;
  const spare = Math.round(plan.jobs * SPARE);
  const workers = await Workers.settle(target, plan.jobs, spare);
  const list = await ListPage.open(target.url, target.headers.Authorization?.split(' ')[1] ?? '');
  let changes = new Changes();
  const ear = plan.steps ? new FeedEar(target, () => changes) : null;
  try {
    const first = await list.firstRows(OPENINGS);
    await list.showAll(plan.jobs + spare);
    tell(`${plan.jobs + spare} jobs are shown`);
    await workers.work(WARM_UP, plan.rate, 0, changes);
    await sleep(PATIENCE);
    await list.takeShown();
    list.takeRequests();
    workers.answers.length = 0;
    workers.failures.length = 0;
    changes = new Changes();
    const memory: PageMemory[] = [];
    const remember = async () => {
      const now = await list.memory();
      memory.push(now);
      tell(`heap ${now.heapMiB.toFixed(1)} MiB, ${now.nodes} nodes`);
    };
    await remember();
    const used = async () => ({ cores: usedBy(service.pid), page: await list.work() });
    const [before, began] = [await used(), performance.now()];
    let isOver = false;
    const working = workers.work(plan.seconds, plan.rate, spare, changes).finally(() => {
      isOver = true;
    });
    for (let next = began + MEMORY_EVERY * 1_000; !isOver; ) {
      await Promise.race([working, sleep(LOOK)]);
      changes.take(await list.takeShown());
      if (performance.now() < next) continue;
      next += MEMORY_EVERY * 1_000;
      await remember();
    }
    await working;
    const [seconds, after] = [(performance.now() - began) / 1_000, await used()];
    const requests = list.takeRequests();
    await sleep(PATIENCE);
    changes.take(await list.takeShown());
    await remember();
    const sorted = Float64Array.from(workers.answers).sort();
    return {
      first,
      delays: [
        ['all', changes.delays(['progress', 'stage', 'status'])],
        ...(['progress', 'stage', 'status'] as const).map((kind): [string, Delays] => [
          kind,
          changes.delays([kind]),
        ]),
      ],
      steps: changes.steps(),
      ...{ missed: changes.missed, overtaken: changes.overtaken },
      answers: { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      cores: each(after.cores, before.cores, 1 / seconds),
      page: each(after.page, before.page, 1 / seconds),
      ...{ failures: workers.failures, requests, seconds, memory },
    };
  } finally {
    ear?.leave();
    await list.close();
  }
}

/** Processor time so far, in seconds: what is neither the service's nor this process's is the browser's. */
function usedBy(service: number): Record<string, number> {
  const { user, system } = process.cpuUsage();
  const [all, served, own] = [processorMs([process.pid]), processorMs([service]), (user + system) / 1_000];
  return { service: served / 1_000, browser: (all - served - own) / 1_000, workers: own / 1_000 };
}

function each(
  after: Record<string, number>,
  before: Record<string, number>,
  factor: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - (before[name] ?? 0)) * factor]),
  );
}
