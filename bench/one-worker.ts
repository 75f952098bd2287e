/** One worker that has many reports to send and goes on when they are durable: here in batches, there as each peer can. */
import { Connection } from './connection.ts';
import type { Headway } from './headway.ts';
import { BATCH, batchTo, createJobs } from './measures.ts';
import type { Peer } from './peers/peer.ts';

export interface WorkerRun {
  contestant: string;
  way: string;
  /** Sent in `seconds`; fewer than asked for where the time was up, and the rest is extrapolated. */
  reports: number;
  seconds: number;
  perSecond: number;
  /** Seconds for all the reports asked for, at this pace. */
  wholeSeconds: number;
}

export interface WorkerPlan {
  reports: number;
  /** The time after which a run ends (s). */
  limit: number;
}

/** The service, by batches of 100 over one connection. */
export async function runWorker({ name, target }: Headway, plan: WorkerPlan): Promise<WorkerRun> {
  const [job] = await createJobs(target, 1, 1);
  const connection = await Connection.open(target.url, target.headers);
  try {
    return await timed(name, `HTTP, batches of ${BATCH}`, BATCH, plan, async (n) => {
      const { status, body } = await connection.ask(batchTo(job, (_, k) => ({ processed_items: n + k })));
      if (status !== 200) throw new Error(`a batch: ${status} ${body}`);
    });
  } finally {
    connection.close();
  }
}

/** A peer by its own client library: report by report, and many at once as far as that library can. */
export async function runPeerWorker(
  peer: Peer,
  plan: WorkerPlan,
): Promise<{ one: WorkerRun; many: WorkerRun }> {
  const reporter = await peer.openReporter();
  try {
    return {
      one: await timed(peer.name, reporter.way, 1, plan, (n) => reporter.report(n)),
      many: await timed(peer.name, reporter.togetherWay, BATCH, plan, (n) => reporter.together(n)),
    };
  } finally {
    await reporter.close();
  }
}

async function timed(
  contestant: string,
  way: string,
  step: number,
  plan: WorkerPlan,
  send: (n: number) => Promise<unknown>,
): Promise<WorkerRun> {
  let reports = 0;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  while (reports < plan.reports && seconds() < plan.limit) {
    await send(reports + 1);
    reports += step;
  }
  const took = seconds();
  const perSecond = reports / took;
  return { contestant, way, reports, seconds: took, perSecond, wholeSeconds: plan.reports / perSecond };
}
