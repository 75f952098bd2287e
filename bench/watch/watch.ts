/** What watching costs and how fast it is: conditional polls, streams, reports over a socket, all in one run. */
import { join } from 'node:path';
import { startFloor } from '../floor/floor.ts';
import { startHeadway } from '../headway.ts';
import { LineUp } from '../line-up.ts';
import { comparePolls, type Polls, type PollsPlan } from '../polls/compare.ts';
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
  const lineUp = new LineUp(folder);
  const start = (dataDir: string) => startHeadway({ dataDir, bundleDir });
  try {
    const latency = await lineUp.enter({ name: 'service', start }, (service) =>
      measureLatency(service, plan.latency, tell),
    );
    await lineUp.enter({ name: 'floor', start: (dataDir) => startFloor(dataDir, bundleDir) }, async () => {});
    return { polls, latency, reports: await compareReports(lineUp, plan.reports, tell) };
  } finally {
    await lineUp.leave();
  }
}
