/** A job in one line. */
import type { Job } from '../../src/client/index.ts';

const WIDTH = 30;

/** The job's bar, percentage, counts and where it is. */
export function bar(job: Job): string {
  const filled = Math.floor((job.progress_percentage / 100) * WIDTH);
  const done = job.processed_items + job.failed_items;
  const parts = [
    `[${'#'.repeat(filled).padEnd(WIDTH, '.')}] ${job.progress_percentage.toFixed(1).padStart(5)} %`,
    `${grouped(done)} of ${grouped(job.total_items)}`,
    `${grouped(job.warned_items)} with a gap`,
    `${grouped(job.failed_items)} unusable`,
    job.status === 'in_progress' ? (job.stage ?? '') : job.status,
  ];
  return parts.join('  ');
}

/** A number with its thousands apart. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
