/** Parents against their children: what these come to, and that all of them have ended where they were cancelled with it. */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.ts';
import type { Records } from './job-record.ts';
import type { Tally } from './tally.ts';

/** What a list says of a job that its parent's sums are made of. */
interface Child {
  job_id: string;
  parent_job_id: string | null;
  root_job_id: string;
  created_at: string;
  status: string;
  total_items: number;
  progress_percentage: number;
}

const OPEN = ['pending', 'in_progress'];
/** Outcomes, the worst first. */
const WORST = ['failed', 'cancelled', 'partial_success', 'completed_with_warnings', 'completed'];

/** Compares with `listed`, all jobs as they were compared with themselves. */
export async function judgeFamilies(
  client: Client,
  listed: readonly Child[],
  records: Records,
  tally: Tally,
): Promise<void> {
  const families = Map.groupBy(listed, ({ parent_job_id }) => parent_job_id);
  for (const [parent, children] of families) {
    if (parent === null || records.jobs.get(parent)?.removed) continue;
    tally.families += 1;
    const { status, json } = await client.insist('GET', `/api/jobs/${parent}/children?limit=1`);
    const truth = sumOf(children);
    if (status !== 200 || !isDeepStrictEqual(json.rollup, truth))
      tally.behind(
        `the children of ${parent} come to ${JSON.stringify(truth)}, not ${JSON.stringify(json.rollup)}`,
      );
    if (!records.jobs.get(parent)?.withChildren) continue;
    for (const { job_id, status: now } of children)
      if (OPEN.includes(now)) tally.lost(`the cancellation of ${job_id} with its parent: it is ${now}`);
  }
}

/** Of each chain of reruns the newest, each as many items as it has. */
function sumOf(all: readonly Child[]) {
  const chains = Map.groupBy(all, ({ root_job_id }) => root_job_id);
  const newest = [...chains.values()].flatMap((chain) => {
    return chain.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)).slice(0, 1);
  });
  const by_status = Object.fromEntries(
    [...OPEN, ...WORST].map((status) => [status, newest.filter((child) => child.status === status).length]),
  );
  const weight = newest.reduce((sum, { total_items }) => sum + Math.max(total_items, 1), 0);
  const done = newest.reduce((sum, { total_items, status, progress_percentage }) => {
    return (
      sum +
      Math.max(total_items, 1) * (OPEN.includes(status) ? Math.round(100 * progress_percentage) : 10_000)
    );
  }, 0);
  const outcome = WORST.find((status) => by_status[status] !== 0) ?? null;
  const left = newest.some(({ status }) => OPEN.includes(status));
  const begun = outcome !== null || by_status.in_progress !== 0;
  return {
    children: newest.length,
    progress_percentage: Math.floor(done / weight) / 100,
    status: left ? (begun ? 'in_progress' : 'pending') : outcome,
    outcome,
    by_status,
  };
}
