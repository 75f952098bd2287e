/** The demo's onlooker: shows the job as it changes. */
import type { Headway, Job } from '../../src/client/index.ts';
import { bar } from './bar.ts';

/** Shows the job on `screen` until it has ended or nobody works on it any more; answers it as seen last. */
export async function watch(
  headway: Headway,
  jobId: string,
  workerGone: AbortSignal,
  screen: NodeJS.WriteStream,
): Promise<Job> {
  const show = screen.isTTY ? redraw(screen) : lines(screen);
  try {
    for await (const job of headway.watch(jobId, { signal: workerGone })) show(job, false);
  } catch (error) {
    if (!workerGone.aborted) throw error;
  }
  const last = await headway.get(jobId);
  show(last, true);
  return last;
}

/** In a terminal: one line that changes in place. */
function redraw(screen: NodeJS.WriteStream): (job: Job, end: boolean) => void {
  return (job, end) => screen.write(`\r\x1b[2K${bar(job).slice(0, screen.columns)}${end ? '\n' : ''}`);
}

/** In a file or a pipe: a line for each new stage and each tenth of the way. */
function lines(screen: NodeJS.WriteStream): (job: Job, end: boolean) => void {
  let shown = '';
  return (job, end) => {
    const state = `${job.stage} ${Math.floor(job.progress_percentage / 10)}`;
    if (state !== shown || end) screen.write(`${bar(job)}\n`);
    shown = state;
  };
}
