import * as z from 'zod';
import { CATEGORIES, STATUSES } from '../../../domain/job/job';
import { OUTCOMES } from '../../../domain/job/samples';
import { type Counts, type TypeStats, totalOf } from '../../../domain/job/stats';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { type JobStats, jobStats } from '../../../services/jobs/job-stats';
import { toTime } from '../../times';
import { type StatsResponse, statsResponse } from './stats-schemas';

const stats = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/stats',
  id: 'getJobStats',
  summary: 'Count Jobs',
  description:
    'How many jobs there are by status, category and type, counted in the same moment in which the list learns of a job. ' +
    'How the last 1,000 of each type ended and how long they took, and how many ended in each hour of the last 14 days: those that were deleted since are in it. ' +
    'A key or a token that is for some types sees those alone; one that is for a tag is refused.',
  query: z.strictObject({ job_type: z.string().optional(), category: z.enum(CATEGORIES).optional() }),
  token: { scope: 'read', lists: true },
  replies: { 200: { description: 'The counts.', schema: statsResponse } },
  refusals: ['overloaded', 'unavailable'],
  async handle({ query }, caller) {
    const found = await jobStats(caller, query, Date.now());
    return found.ok ? jsonReply(200, toStats(found.value)) : { rejection: found.rejection };
  },
});

export const STATS_ROUTES: readonly Endpoint[] = [stats];

function toStats({
  complete,
  slow_complete,
  counts,
  by_category,
  types,
  shared,
  slow,
  hours,
}: JobStats): StatsResponse {
  return {
    complete,
    jobs: totalOf(counts),
    by_status: toStatuses(counts),
    by_category: by_category.map(([category, of]) => {
      return { category, jobs: totalOf(of), by_status: toStatuses(of) };
    }),
    by_type: types.map((type) => {
      return { job_type: type.job_type, ...toType(type), typical_seconds: type.usual?.typical ?? null };
    }),
    other_types: toType(shared),
    slow,
    slow_complete,
    by_hour: hours.map(([at, ended]) => ({
      starts_at: toTime(at),
      ended: totalOf(ended),
      ...(Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, ended[index] ?? 0])) as Record<
        (typeof OUTCOMES)[number],
        number
      >),
    })),
  };
}

function toType({ counts, slow, ended, outcomes, percentiles }: TypeStats) {
  return {
    jobs: totalOf(counts),
    by_status: toStatuses(counts),
    slow,
    ended: {
      jobs: ended,
      outcomes: outcomes.map(({ outcome, count, share }) => ({ status: outcome, count, share })),
      duration_seconds: percentiles,
    },
  };
}

function toStatuses(counts: Counts) {
  return STATUSES.map((status, index) => ({ status, count: counts[index] ?? 0 }));
}
