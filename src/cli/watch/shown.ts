import type { Job } from '../../client/index.ts';
import { type Tone, toneOf } from '../../domain/base/palette.ts';
import { OPEN } from '../open-statuses.ts';
import { clock, counted, rate } from '../terminal/figures.ts';
import { clean } from '../terminal/fitted.ts';

/** A job that is watched; null where there is none yet. */
export interface Watched {
  id: string;
  job: Job | null;
  /** Its stream is broken, and is sought again. */
  isLost: boolean;
}

/** What of a job is shown, each part a text without colour; empty where there is nothing to say. */
export interface Shown {
  tone: Tone;
  name: string;
  /** 0–1; null where nothing is known of a total. */
  share: number | null;
  percent: string;
  count: string;
  rate: string;
  /** What is left, how late it is, or how long it took. */
  time: string;
  /** Its stage and last words; how it ended. */
  words: string;
  hasEnded: boolean;
}

/** What is shown of a job at `now` (ms since 1970). */
export function shownOf({ id, job, isLost }: Watched, now: number): Shown {
  if (job === null) {
    const nothing = { percent: '', count: '', rate: '', time: '' };
    return { tone: 'quiet', name: id, share: 0, ...nothing, words: 'is waited for', hasEnded: false };
  }
  const hasEnded = !OPEN.includes(job.status);
  const { processed_items: processed, failed_items: failed, total_items: total } = job;
  const known = total > 0 || hasEnded || job.status === 'pending';
  return {
    tone: isLost && !hasEnded ? 'quiet' : toneOf(job),
    name: clean(job.name || job.job_type || id),
    share: known ? job.progress_percentage / 100 : null,
    percent: percentOf(job),
    count:
      total > 0
        ? `${counted(processed + failed)}/${counted(total)}`
        : processed > 0
          ? counted(processed)
          : '',
    rate: !hasEnded && job.rate_per_second ? rate(job.rate_per_second) : '',
    time: hasEnded ? tookOf(job) : isLost ? 'reconnecting' : leftOf(job, now),
    words: hasEnded
      ? endOf(job)
      : [job.stage, job.last_message]
          .map((text) => clean(text ?? ''))
          .filter(Boolean)
          .join(' · '),
    hasEnded,
  };
}

/** Empty where nobody knows of what. */
export function percentOf({
  total_items,
  status,
  progress_percentage,
}: Pick<Job, 'total_items' | 'status' | 'progress_percentage'>): string {
  return total_items > 0 || status === 'completed' ? `${Math.floor(progress_percentage)}%` : '';
}

function leftOf({ status, health, eta_at, ...job }: Job, now: number): string {
  if (status === 'pending') return 'pending';
  if (health !== 'ok') return health;
  return eta_at === null ? usuallyLeft(job, now) : clock((Date.parse(eta_at) - now) / 1_000);
}

/** What is left where its own pace says nothing: as long as half of its type took. Empty once that is over. */
function usuallyLeft(
  { started_at, typical_seconds }: Pick<Job, 'started_at' | 'typical_seconds'>,
  now: number,
) {
  // A service of an older build says nothing of its type.
  if (!started_at || !typical_seconds) return '';
  const left = typical_seconds - (now - Date.parse(started_at)) / 1_000;
  return left > 0 ? `~${clock(left)}` : '';
}

function tookOf({ duration_seconds }: Job): string {
  return duration_seconds === null ? '' : `in ${clock(duration_seconds)}`;
}

/** How it ended, in words. */
function endOf(job: Job): string {
  const { status, failed_items, warned_items, errors_total, warnings_total, cancellation } = job;
  switch (status) {
    case 'failed':
      return `failed: ${reasonOf(job.error_message ?? '') || 'nobody knows why'}`;
    case 'cancelled':
      return `cancelled${cancellation?.reason ? `: ${clean(cancellation.reason)}` : ''}`;
    case 'partial_success':
      return `${counted(failed_items)} failed${errors_total > 0 ? `, ${counted(errors_total)} errors` : ''}`;
    case 'completed_with_warnings':
      return `completed with ${counted(Math.max(warned_items, warnings_total))} warnings`;
    default:
      return status.replaceAll('_', ' ');
  }
}

/** How a failure begins and what was said last: of a command its exit code, and most often why. */
function reasonOf(message: string): string {
  const lines = message.split('\n').map(clean).filter(Boolean);
  return [lines[0], ...lines.slice(1).slice(-1)].join(': ');
}
