import { isCancel, multiselect } from '@clack/prompts';
import type { Headway, JobFilter, JobSummary } from '../../client/index.ts';
import { Complaint } from '../complaint.ts';
import { EXIT } from '../exit-codes.ts';
import { OPEN } from '../open-statuses.ts';
import { ago } from '../terminal/figures.ts';
import { clean, fitted } from '../terminal/fitted.ts';

/** How many jobs are offered. */
const OFFERED = 30;

/** Asks which jobs are meant: the open ones first. */
export async function choose(headway: Headway): Promise<string[]> {
  const open = await take(headway, { status: [...OPEN] });
  const others = (await take(headway, {})).filter(({ job_id }) => !open.some((one) => one.job_id === job_id));
  const jobs = [...open, ...others].slice(0, OFFERED);
  if (jobs.length === 0) throw new Complaint('there is no job to watch', EXIT.failed);
  const chosen = await multiselect({
    message: 'Which jobs?',
    options: jobs.map((job) => ({
      value: job.job_id,
      label: fitted(clean(job.name), 50),
      hint: hintOf(job),
    })),
    initialValues: open.length === 1 && open[0] !== undefined ? [open[0].job_id] : [],
  });
  if (isCancel(chosen)) throw new Complaint('no job was chosen', EXIT.interrupted);
  return chosen;
}

async function take(headway: Headway, filter: JobFilter): Promise<JobSummary[]> {
  return (await headway.listPage({ ...filter, limit: OFFERED })).jobs;
}

function hintOf({ status, progress_percentage, created_at }: JobSummary): string {
  return `${status.replaceAll('_', ' ')}, ${Math.floor(progress_percentage)}%, ${ago(created_at, Date.now())} ago`;
}
