/** Counts against the truth: what is listed and counted of a status, and what a bulk operation would take in, are the jobs in it. */
import type { Client } from './client.ts';
import type { Tally } from './tally.ts';

const OPEN = ['pending', 'in_progress'];

/** Compares with `listed`, all jobs as they were compared with themselves. */
export async function judgeCounts(
  client: Client,
  listed: readonly { status: string; job_type: string }[],
  tally: Tally,
): Promise<void> {
  const truth = Map.groupBy(listed, ({ status }) => status);
  const { json: stats } = await client.insist('GET', '/api/jobs/stats');
  for (const { status, count } of stats.by_status) {
    const jobs = truth.get(status)?.length ?? 0;
    if (!stats.complete || count !== jobs)
      tally.behind(`${jobs} jobs are ${status}, ${count} are counted so`);
  }
  for (const [status, jobs] of truth) {
    const rows = await client.all('/api/jobs', 'jobs', `&status=${status}`);
    if (rows.length !== jobs.length) {
      tally.behind(`${jobs.length} jobs are ${status}, ${rows.length} are listed so`);
    }
    const body = { filter: { status: [status] }, dry_run: true };
    // What has ended can be deleted, the others can be cancelled: an operation counts what it can do something to.
    const operation = OPEN.includes(status) ? 'cancel' : 'delete';
    const { json } = await client.insist('POST', `/api/jobs/bulk/${operation}`, body);
    const { length } = jobs.filter(({ job_type }) => !job_type.startsWith('bulk_'));
    if (json.at_least ? json.count > length : json.count !== length)
      tally.behind(`${length} jobs are ${status}, an operation would take in ${json.count}`);
  }
}
