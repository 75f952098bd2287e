/** What watching costs and how fast it is: conditional polls, streams, reports over a socket, all in one run. */
import { join } from 'node:path';
import { startFloor } from '../floor/floor.ts';
import { startHeadway } from '../headway.ts';
import { comparePolls, type Polls, type PollsPlan } from '../polls/compare.ts';
import { untilQuiet } from '../quiet.ts';
import { type Latency, type LatencyPlan, measureLatency } from './latency.ts';
import { compareReports, type ReportsCell, type ReportsPlan } from './reports.ts';

export interface WatchPlan {
  polls: PollsPlan;
  latency: LatencyPlan;
  reports: ReportsPlan;
}

export interface Watch {
  polls: Polls;
  latency: Latency[];
  reports: ReportsCell[];
}

export async function measureWatch(
  folder: string,
  bundleDir: string,
  plan: WatchPlan,
  tell: (line: string) => void,
): Promise<Watch> {
  const polls = await comparePolls(join(folder, 'polls'), bundleDir, plan.polls, tell);
  const service = await startHeadway({ dataDir: join(folder, 'service'), bundleDir });
  const floor = await startFloor(join(folder, 'floor'), bundleDir);
  try {
    const latency = await measureLatency(service, plan.latency, tell);
    await untilQuiet(service.pids);
    return { polls, latency, reports: await compareReports(service, floor, plan.reports, tell) };
  } finally {
    await Promise.all([service.stop(), floor.stop()]);
  }
}
