import type { Summary } from '../domain/job/summary';

/** What a picture says of a job. Every word follows from the job's revision, and from whether its ETA has passed. */
export interface Wording {
  /** `in progress`. */
  status: string;
  /** `42%`; null where there is nothing to count. */
  percent: string | null;
  /** `ETA 14:32 UTC`, `overdue` after it, `in 3 min 20 s` of a job that has ended; null where it can't be told. */
  time: string | null;
}

const STATUS_WORDS: Record<Summary['status'], string> = {
  pending: 'pending',
  in_progress: 'in progress',
  completed: 'completed',
  completed_with_warnings: 'completed with warnings',
  partial_success: 'partial success',
  failed: 'failed',
  cancelled: 'cancelled',
};
const MINUTE = 60_000;
const UNITS: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

export function wordingOf(job: Summary, overdue: boolean): Wording {
  const { status, health, total_items, progress_percentage } = job;
  const counts = total_items > 0 || progress_percentage > 0;
  const lost = status === 'in_progress' && health !== 'ok';
  return {
    status: lost ? health : STATUS_WORDS[status],
    percent: counts && status !== 'pending' ? `${Math.floor(progress_percentage)}%` : null,
    time: timeOf(job, overdue),
  };
}

function timeOf(job: Summary, overdue: boolean): string | null {
  if (job.eta_at === null) return lasted(job.duration_seconds);
  return overdue ? 'overdue' : eta(job.eta_at, job.last_report_at);
}

/** The minute by which it will be done; with the day, where that is another than that of the last report. */
function eta(at: number, since: number | null): string {
  const minute = new Date(Math.ceil(at / MINUTE) * MINUTE);
  const [day, time] = minute.toISOString().split('T') as [string, string];
  const clock = `${time.slice(0, 5)} UTC`;
  if (since !== null && new Date(since).toISOString().startsWith(day)) return `ETA ${clock}`;
  const date = minute.toUTCString().slice(5, 11).replace(/^0/, '');
  const year =
    since !== null && new Date(since).getUTCFullYear() === minute.getUTCFullYear()
      ? ''
      : ` ${day.slice(0, -6)}`;
  return `ETA ${date}${year} ${clock}`;
}

/** `in 3 min 20 s`: the two largest units. */
function lasted(seconds: number | null): string | null {
  if (seconds === null) return null;
  let rest = Math.round(seconds);
  if (rest === 0) return 'in under 1 s';
  const first = UNITS.findIndex(([, size]) => rest >= size);
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return `in ${parts.join(' ')}`;
}
