import type { WorkerJob } from './worker-job.ts';

/** The jobs that are being worked on here. */
export const openJobs: ReadonlySet<WorkerJob> = new Set<WorkerJob>();

const all = openJobs as Set<WorkerJob>;
let changed = () => {};

/** Calls `listener` each time there is one more, or one less. */
export function onOpenJobs(listener: () => void): void {
  changed = listener;
}

export function openJob(job: WorkerJob): void {
  all.add(job);
  changed();
}

export function closeJob(job: WorkerJob): void {
  all.delete(job);
  changed();
}
