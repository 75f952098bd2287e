/** What shared commits in the organization's index are worth to creation. */
import { join } from 'node:path';
import { bundleWorker } from '../bundle.ts';
import { type Headway, startHeadway } from '../headway.ts';
import { LineUp } from '../line-up.ts';
import { load } from '../load.ts';
import { creation } from '../measures.ts';
import { untilQuiet } from '../quiet.ts';
import { median, ratio, type Spread } from '../stats.ts';

export interface IndexCommits {
  /** Creates a second of one organization at 64 connections. */
  shared: number;
  each: number;
  ratio: Spread;
  /** Commits of the index for each create, with shared commits. */
  commitsPerCreate: number;
}

const CONNECTIONS = 64;

/** Creates jobs with and without shared commits in turn, `rounds` times. */
export async function compareIndexCommits(
  folder: string,
  serviceBundle: string,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<IndexCommits> {
  const bundleDir = join(folder, 'bundle');
  await bundleWorker('bench/index-commits/worker.ts', bundleDir, serviceBundle);
  const lineUp = new LineUp<Headway>(folder);
  const enter = (name: string, commitEach: boolean) => {
    const variables = { COMMIT_EACH: String(commitEach) };
    const start = (dataDir: string) => startHeadway({ dataDir, bundleDir, variables });
    return lineUp.enter({ name, start }, async (service) => service);
  };
  try {
    const [shared, each] = [await enter('shared', false), await enter('each', true)];
    const rates: Record<'shared' | 'each', number[]> = { shared: [], each: [] };
    const commits: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const a = await lineUp.call(shared, (service) => create(service, seconds));
      const b = await lineUp.call(each, (service) => create(service, seconds));
      rates.shared.push(a.perSecond);
      rates.each.push(b.perSecond);
      commits.push(a.commitsPerCreate);
    }
    return {
      ...{ shared: median(rates.shared), each: median(rates.each), ratio: ratio(rates.shared, rates.each) },
      commitsPerCreate: median(commits),
    };
  } finally {
    await lineUp.leave();
  }
}

/** The alarms that creations arm come seconds later; they are no part of what a creation commits. */
async function create({ target, pids }: Headway, seconds: number) {
  await untilQuiet(pids);
  const countCommits = async () => Number(await (await fetch(`${target.url}/index-commits`)).text());
  const before = await countCommits();
  let created = 0;
  const next = () => {
    created += 1;
    return creation();
  };
  const shape = { connections: CONNECTIONS, seconds, warmup: seconds / 4 };
  const { perSecond } = await load(target, next, shape);
  const commits = (await countCommits()) - before;
  if (commits === 0) throw new Error('the index committed nothing, or not by transactionSync');
  return { perSecond, commitsPerCreate: commits / created };
}
