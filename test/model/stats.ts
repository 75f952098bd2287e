/** The counts of an organization, as they follow from all jobs that it ever had. */
import type { Client } from '../support/client.ts';
import { categoryOf, iso } from './body.ts';
import { valueDifferences } from './compare.ts';
import { type Given, isTerminal, type Job, STATUSES, type Status } from './job.ts';
import type { JsonObject } from './json.ts';

const OUTCOMES = STATUSES.slice(2);
const CATEGORIES = ['seo', 'ai', 'sync', 'export'];
const HOUR = 3_600_000;
const HOURS = 336;

/** What is counted of a job, which is far less than the job. */
export type Counted = Pick<Job, 'status' | 'startedAt' | 'completedAt' | 'removed'> & {
  given: Pick<Given, 'job_type' | 'category'>;
};

export function countedOf({ status, startedAt, completedAt, removed, given }: Job): Counted {
  const { job_type, category } = given;
  return { status, startedAt, completedAt, removed, given: { job_type, ...(category && { category }) } };
}

/** How long half of the jobs of a type took at most that were started and have ended, in seconds; null of less than ten. */
export function typicalOf(jobs: readonly Counted[], type: string): number | null {
  const took = secondsOf(jobs.filter((job) => job.given.job_type === type));
  return took.length < 10 ? null : percentile(took, 0.5);
}

/** Where the counts of one type are not those of the model; bulk jobs are of types of their own. */
export async function statsDifferences(
  client: Client,
  ever: readonly Counted[],
  job_type: string,
  now: number,
): Promise<string[]> {
  const { status, json } = await client.get(`/api/jobs/stats?job_type=${encodeURIComponent(job_type)}`);
  if (status !== 200) return [`expected 200, got ${status} ${JSON.stringify(json)}`];
  const jobs = ever.filter(({ given }) => given.job_type === job_type);
  const there = jobs.filter(({ removed }) => !removed);
  const ended = jobs.filter(isTerminal);
  const took = secondsOf(jobs);
  const byHour = Map.groupBy(ended, ({ completedAt }) => Math.floor((completedAt ?? 0) / HOUR));
  const last = Math.floor(now / HOUR);
  const expected = {
    complete: true,
    ...countsOf(there),
    by_category: CATEGORIES.map((category) => {
      const of = there.filter(({ given }) => (given.category ?? categoryOf(job_type)) === category);
      return { category, ...countsOf(of) };
    }),
    by_type: jobs.length === 0 ? [] : [{ job_type, ...countsOf(there), ended: endsOf(ended, took) }],
    by_hour: [...byHour]
      .filter(([hour]) => last - hour < HOURS)
      .sort(([a], [b]) => a - b)
      .map(hourOf),
  };
  const { complete, jobs: count, by_status, by_category, by_hour, by_type } = json;
  const shown = by_type.map(({ slow: _slow, typical_seconds: _typical, ...type }: JsonObject) => type);
  const hours = by_hour.filter((hour: { ended: number }) => hour.ended > 0);
  const said = { complete, jobs: count, by_status, by_category, by_type: shown, by_hour: hours };
  return [...valueDifferences(`stats of ${job_type}`, expected, said)];
}

function endsOf(ended: readonly Counted[], took: readonly number[]) {
  const outcomes = OUTCOMES.map((status) => {
    const count = countOf(ended, status);
    return { status, count, share: ended.length === 0 ? 0 : count / ended.length };
  });
  const [p50, p95, p99] = [percentile(took, 0.5), percentile(took, 0.95), percentile(took, 0.99)];
  return { jobs: ended.length, outcomes, duration_seconds: { p50, p95, p99 } };
}

function hourOf([hour, ended]: [number, Counted[]]) {
  const counts = OUTCOMES.map((status) => [status, countOf(ended, status)]);
  return { starts_at: iso(hour * HOUR), ended: ended.length, ...Object.fromEntries(counts) };
}

function countsOf(jobs: readonly Counted[]) {
  return {
    jobs: jobs.length,
    by_status: STATUSES.map((status) => ({ status, count: countOf(jobs, status) })),
  };
}

function countOf(jobs: readonly Counted[], status: Status): number {
  return jobs.filter((job) => job.status === status).length;
}

function secondsOf(jobs: readonly Counted[]): number[] {
  const took = jobs.flatMap(({ startedAt, completedAt }) => {
    return startedAt === null || completedAt === null ? [] : Math.fround((completedAt - startedAt) / 1_000);
  });
  return took.sort((a, b) => a - b);
}

function percentile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1];
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}
