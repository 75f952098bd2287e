/** behaviour.md §2, "Time": signs of life, what is due when, and what the alarm then does. */
import { add, fail } from './entries.ts';
import { DAY, isTerminal, type Job } from './job.ts';

export type Rule = 'late' | 'stalled' | 'deadline_exceeded' | 'heartbeat_lost' | 'abandoned' | 'removed';
export interface Due {
  rule: Rule;
  at: number;
}

/** A worker was heard of: the stored time moves when it is old enough, and health is `ok` again. */
export function showLife(job: Job, now: number): void {
  if (isTerminal(job)) return;
  if (job.sign === null || now - job.sign > quarter(job)) job.sign = now;
  if (job.health === 'stalled') add(job, now, { kind: 'event', type: 'job.recovered' });
  job.health = 'ok';
}

/** Everything that time alone will do to a job, the earliest first. */
export function dues(job: Job): Due[] {
  if (job.removed) return [];
  if (job.completedAt !== null) {
    return [{ rule: 'removed', at: job.completedAt + (job.given.retention_days ?? 30) * DAY }];
  }
  const { heartbeat_timeout_seconds: heartbeat, timeout_seconds: timeout } = job.given;
  const found: Due[] = [];
  if (job.watchedSince !== null && timeout !== undefined) {
    found.push({ rule: 'deadline_exceeded', at: job.watchedSince + timeout * 1000 });
  }
  if (job.watchedSince !== null && heartbeat !== undefined && job.sign !== null) {
    if (job.health === 'ok') found.push({ rule: 'late', at: job.sign + heartbeat * 750 });
    if (job.health !== 'stalled') found.push({ rule: 'stalled', at: job.sign + heartbeat * 1250 });
    found.push({ rule: 'heartbeat_lost', at: job.sign + heartbeat * 3250 });
  }
  found.push({
    rule: 'abandoned',
    at: job.sign === null ? job.createdAt + 30 * DAY : job.sign + 30 * DAY + quarter(job),
  });
  return found.sort((a, b) => a.at - b.at);
}

/** The alarm runs: the earliest end that is due, or else the gravest health. */
export function runAlarm(job: Job, now: number): Rule | null {
  const due = dues(job).filter(({ at }) => at <= now);
  const end = due.find(({ rule }) => rule !== 'late' && rule !== 'stalled');
  const rule = end?.rule ?? due.at(-1)?.rule ?? null;
  if (rule === null) return null;
  if (rule === 'removed') {
    job.removed = true;
    return rule;
  }
  if (rule === 'late' || rule === 'stalled') {
    job.health = rule;
    if (rule === 'stalled') add(job, now, { kind: 'event', type: 'job.stalled' });
  } else {
    fail(job, rule, '', now);
  }
  job.revision += 1;
  return rule;
}

function quarter(job: Job): number {
  const heartbeat = job.given.heartbeat_timeout_seconds;
  return heartbeat === undefined ? DAY : heartbeat * 250;
}
