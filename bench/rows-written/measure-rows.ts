/** Rows written for a report where many jobs report now and then and nobody looks: what the platform bills. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../bundle.ts';
import { startHeadway } from '../headway.ts';
import { askWell, onConnections, sendAll, type Target } from '../load.ts';
import { createJobs, reportTo } from '../measures.ts';
import type { RowCounts } from './row-counts.ts';

export interface RowsPlan {
  jobs: number;
  /** Each job reports as often (s). */
  every: number;
  /** How long what is written is counted (s). */
  seconds: number;
}

export interface RowsWritten extends RowsPlan {
  reports: number;
  /** For each report, by who wrote them. */
  rows: RowCounts;
  perReport: number;
}

const CONNECTIONS = 16;

/** Starts the jobs, lets each report once at its turn, and counts from there. */
export async function measureRows(
  folder: string,
  serviceBundle: string,
  plan: RowsPlan,
  tell: (line: string) => void,
): Promise<RowsWritten> {
  const bundleDir = join(folder, 'bundle');
  await bundleWorker('bench/rows-written/worker.ts', bundleDir, serviceBundle);
  const { target, stop } = await startHeadway({ dataDir: join(folder, 'data'), bundleDir });
  const counts = async () => (await (await fetch(`${target.url}/rows-written`)).json()) as RowCounts;
  try {
    const jobs = await createJobs(target, plan.jobs, CONNECTIONS);
    await sendAll(target, jobs.length, CONNECTIONS, (n) => reportTo(jobs[n], { mark_started: true }));
    await reportInTurn(target, jobs, plan.every, plan.every);
    const before = await counts();
    const reports = await reportInTurn(target, jobs, plan.every, plan.seconds);
    const after = await counts();
    if (after.job === before.job) throw new Error('the jobs wrote nothing, or not by exec');
    const names = Object.keys(after) as (keyof RowCounts)[];
    const rows = Object.fromEntries(names.map((name) => [name, (after[name] - before[name]) / reports]));
    const perReport = Object.values(rows).reduce((sum, each) => sum + each, 0);
    tell(`rows: ${perReport.toFixed(3)} for each of ${reports} reports`);
    return { ...plan, reports, rows: rows as unknown as RowCounts, perReport };
  } finally {
    await stop();
  }
}

let counter = 0;

/** Reports of all jobs in turn at an even rate, each job once in `every` seconds. Answers how many there were. */
function reportInTurn(
  target: Target,
  jobs: readonly string[],
  every: number,
  seconds: number,
): Promise<number> {
  return onConnections(target, CONNECTIONS, async (connections) => {
    const began = performance.now();
    const pause = (every * 1_000) / jobs.length;
    const total = Math.round((seconds * 1_000) / pause);
    let sent = 0;
    await Promise.all(
      connections.map(async (connection) => {
        while (sent < total) {
          const n = sent++;
          await sleep(Math.max(0, began + n * pause - performance.now()));
          await askWell(connection, reportTo(jobs[n % jobs.length], { processed_items: ++counter }));
        }
      }),
    );
    return total;
  });
}
