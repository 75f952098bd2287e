/** Reports on one job over one WebSocket, beside single POSTs to the service and to the floor. */
import type { Contestant } from '../contestant.ts';
import type { LineUp } from '../line-up.ts';
import { load } from '../load.ts';
import { createJobs, reportTo } from '../measures.ts';
import { untilQuiet } from '../quiet.ts';
import { median, ratio, type Spread } from '../stats.ts';
import { loadSocket, type SocketSample } from './socket-reports.ts';

/** Reports under way at a time: over the socket, or one a connection. */
export const UNDER_WAY = [1, 8, 64] as const;
/** The connections at which the floor's single reports are what the others are compared with. */
export const FLOOR_CONNECTIONS = 16;

export interface ReportsPlan {
  rounds: number;
  seconds: number;
}

export interface ReportsCell {
  way: 'WebSocket' | 'POST' | 'POST, floor';
  underWay: number;
  /** Medians of the rounds. */
  perSecond: number;
  p50: number;
  p99: number;
  /** ÷ the floor's single reports at `FLOOR_CONNECTIONS`, each round by itself; the median. */
  overFloor: Spread;
}

type Send = () => Promise<Pick<SocketSample, 'perSecond' | 'p50' | 'p99'>>;

/** Measures the service and the floor, in that order in the line-up, in turn; each way and number has a job of its own. */
export async function compareReports(
  lineUp: LineUp<Contestant>,
  { rounds, seconds }: ReportsPlan,
  tell: (line: string) => void,
): Promise<ReportsCell[]> {
  const shape = { seconds, warmup: seconds / 4 };
  const [service, floor] = lineUp.members;
  if (service === undefined || floor === undefined) throw new Error('the service and the floor are compared');
  const jobs = await lineUp.call(service, ({ target }) => createJobs(target, 2 * UNDER_WAY.length, 1));
  const [row] = await lineUp.call(floor, ({ target }) => createJobs(target, 1, 1));
  let n = 0;
  const post = (target: Contestant['target'], job: string | undefined, connections: number): Send => {
    return () => load(target, () => reportTo(job, { processed_items: ++n }), { ...shape, connections });
  };
  const ways: { way: ReportsCell['way']; underWay: number; send: Send }[] = [
    ...UNDER_WAY.map((outstanding) => {
      const job = jobs.pop() ?? '';
      const send = () => loadSocket(service.target, job, { ...shape, outstanding });
      return { way: 'WebSocket' as const, underWay: outstanding, send };
    }),
    ...UNDER_WAY.map((count) => ({
      ...{ way: 'POST' as const, underWay: count, send: post(service.target, jobs.pop(), count) },
    })),
    ...[1, FLOOR_CONNECTIONS, 64].map((count) => ({
      ...{ way: 'POST, floor' as const, underWay: count, send: post(floor.target, row, count) },
    })),
  ];
  const samples = ways.map((): Awaited<ReturnType<Send>>[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [turn] of ways.entries()) {
      const at = (turn + round) % ways.length;
      const { way, underWay, send } = ways[at] as (typeof ways)[number];
      const sample = await lineUp.call(way === 'POST, floor' ? floor : service, async ({ pids }) => {
        await untilQuiet(pids);
        return send();
      });
      samples[at]?.push(sample);
      tell(
        `round ${round + 1}  reports, ${way} × ${underWay}: ${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(1)} ms`,
      );
    }
  }
  const rates = (at: number) => (samples[at] ?? []).map(({ perSecond }) => perSecond);
  const floorAt = ways.findIndex(
    ({ way, underWay }) => way === 'POST, floor' && underWay === FLOOR_CONNECTIONS,
  );
  return ways.map(({ way, underWay }, at) => ({
    ...{ way, underWay, perSecond: median(rates(at)) },
    p50: median((samples[at] ?? []).map(({ p50 }) => p50)),
    p99: median((samples[at] ?? []).map(({ p99 }) => p99)),
    overFloor: ratio(rates(at), rates(floorAt)),
  }));
}
