/** The demo's poller: looks at the job again and again, and shows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bar } from './bar.ts';
import type { Client, Job } from './client.ts';

const TERMINAL = ['completed', 'completed_with_warnings', 'partial_success', 'failed', 'cancelled'];

/** Shows the job on `screen` until it is terminal or nobody works on it any more; answers it as seen last. */
export async function watch(
  client: Client,
  jobId: string,
  workerGone: AbortSignal,
  screen: NodeJS.WriteStream,
): Promise<Job> {
  const show = screen.isTTY ? redraw(screen) : lines(screen);
  for (;;) {
    const lastLook = workerGone.aborted;
    const job = await client.getJob(jobId);
    const end = lastLook || TERMINAL.includes(job.status);
    show(job, end);
    if (end) return job;
    await sleep(250, undefined, { signal: workerGone }).catch(() => {});
  }
}

/** In a terminal: one line that changes in place. */
function redraw(screen: NodeJS.WriteStream): (job: Job, end: boolean) => void {
  return (job, end) => screen.write(`\r\x1b[2K${bar(job).slice(0, screen.columns)}${end ? '\n' : ''}`);
}

/** In a file or a pipe: a line for each new stage and each tenth of the way. */
function lines(screen: NodeJS.WriteStream): (job: Job, end: boolean) => void {
  let shown = '';
  return (job, end) => {
    const state = `${job.metadata.stage} ${Math.floor(job.progress_percentage / 10)}`;
    if (state !== shown || end) screen.write(`${bar(job)}\n`);
    shown = state;
  };
}
