import type { JobSummary } from '../../client/page.ts';
import { toneOf } from '../../domain/base/palette.ts';
import { count, percent } from './number.ts';

type Shown = Pick<
  JobSummary,
  'status' | 'health' | 'progress_percentage' | 'processed_items' | 'failed_items' | 'total_items' | 'name'
>;

/** How far a job is. One without a total shows its count. */
export function Bar({ job, large = false }: { job: Shown; large?: boolean }) {
  const { progress_percentage, processed_items, total_items } = job;
  const open = total_items === 0 && job.status === 'in_progress';
  const text = open ? `${count(processed_items)} done` : percent(progress_percentage);
  return (
    <span class={`bar tone-${toneOf(job)}${large ? ' large' : ''}`}>
      <progress
        max={100}
        aria-label={`Progress of ${job.name}`}
        {...(open ? {} : { value: progress_percentage })}
      />
      <span class="figure">{text}</span>
    </span>
  );
}

/** The status in words and colour; what is wrong with the worker stands beside it. */
export function Status({ job }: { job: Pick<JobSummary, 'status' | 'health'> }) {
  const trouble = job.status === 'in_progress' && job.health !== 'ok' ? ` · ${job.health}` : '';
  return <span class={`status tone-${toneOf(job)}`}>{job.status.replaceAll('_', ' ') + trouble}</span>;
}
