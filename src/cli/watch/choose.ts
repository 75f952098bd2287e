import { isCancel, multiselect } from '@clack/prompts';
import { firstOf } from '../../client/first-of.ts';
import type { Headway, JobSummary } from '../../client/index.ts';
import { Complaint } from '../complaint.ts';
import { EXIT } from '../exit-codes.ts';
import { OPEN } from '../open-statuses.ts';
import { ago } from '../terminal/figures.ts';
import { clean, fitted } from '../terminal/fitted.ts';

/** How many jobs are offered. */
const OFFERED = 30;

/** Asks which jobs are meant: the open ones first. */
export async function choose(headway: Headway): Promise<string[]> {
  const jobs = await offered(headway);
  if (jobs.length === 0) throw new Complaint('there is no job to watch', EXIT.failed);
  const open = jobs.filter(({ status }) => OPEN.includes(status)).map(({ job_id }) => job_id);
  const chosen = await multiselect({
    message: 'Which jobs?',
    options: jobs.map((job) => ({
      value: job.job_id,
      label: fitted(clean(job.name), 50),
      hint: hintOf(job),
    })),
    initialValues: open.length === 1 ? open : [],
  });
  if (isCancel(chosen)) throw new Complaint('no job was chosen', EXIT.interrupted);
  return chosen;
}

/** The newest open ones, then the newest of others. */
export async function offered(headway: Headway): Promise<JobSummary[]> {
  const open = await firstOf(headway.list({ status: [...OPEN], limit: OFFERED }), OFFERED);
  const newest = await firstOf(headway.list({ limit: OFFERED }), OFFERED);
  const others = newest.filter(({ job_id }) => !open.some((one) => one.job_id === job_id));
  return [...open, ...others].slice(0, OFFERED);
}

function hintOf({ status, progress_percentage, created_at }: JobSummary): string {
  return `${status.replaceAll('_', ' ')}, ${Math.floor(progress_percentage)}%, ${ago(created_at, Date.now())} ago`;
}
