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
  const open = await take(headway, { status: [...OPEN] });
  const others = (await take(headway, {})).filter(({ job_id }) => !open.some((one) => one.job_id === job_id));
  return [...open, ...others].slice(0, OFFERED);
}

/** A page of few, or none, is not all that there is. */
async function take(headway: Headway, filter: JobFilter): Promise<JobSummary[]> {
  const jobs: JobSummary[] = [];
  for await (const job of headway.list({ ...filter, limit: OFFERED })) {
    jobs.push(job);
    if (jobs.length === OFFERED) break;
  }
  return jobs;
}

function hintOf({ status, progress_percentage, created_at }: JobSummary): string {
  return `${status.replaceAll('_', ' ')}, ${Math.floor(progress_percentage)}%, ${ago(created_at, Date.now())} ago`;
}
