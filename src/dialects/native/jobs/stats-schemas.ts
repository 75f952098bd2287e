import * as z from 'zod';
import { CATEGORIES, STATUSES } from '../../../domain/job/job';
import { OUTCOMES } from '../../../domain/job/samples';

/** The shape of `GET /api/jobs/stats`. */

const count = z.int().min(0);
const time = z.iso.datetime().meta({ description: 'UTC with milliseconds.' });
const byStatus = z
  .array(z.object({ status: z.enum(STATUSES), count }))
  .meta({ description: 'Each status, in the order of a job’s life.' });
const seconds = z.number().min(0).nullable();

const ended = z
  .object({
    jobs: count.meta({
      description: 'How many this is of: the last 1,000 that ended, or as many as there were.',
    }),
    outcomes: z.array(z.object({ status: z.enum(OUTCOMES), count, share: z.number().min(0).max(1) })),
    duration_seconds: z
      .object({ p50: seconds, p95: seconds, p99: seconds })
      .meta({ description: 'From start to end, of those that were started; null where none was.' }),
  })
  .meta({ id: 'EndedJobs' });

const typeFields = {
  jobs: count,
  by_status: byStatus,
  slow: count.meta({
    description: 'In progress for more than three times as long as 19 of 20 of their type took.',
  }),
  ended,
};

const typeStats = z
  .object({
    job_type: z.string(),
    ...typeFields,
    typical_seconds: seconds.meta({
      description: 'Half of its last 1,000 jobs took no longer; null until ten have been started and ended.',
    }),
  })
  .meta({ id: 'TypeStats' });

const hour = z
  .object({
    starts_at: time,
    ended: count,
    ...(Object.fromEntries(OUTCOMES.map((status) => [status, count])) as Record<
      (typeof OUTCOMES)[number],
      typeof count
    >),
  })
  .meta({ id: 'HourStats' });

export const statsResponse = z
  .object({
    complete: z.boolean().meta({
      description:
        'False while jobs are not counted yet that an older version has listed, or while all are counted anew; and where a type is asked for that shares its numbers.',
    }),
    jobs: count,
    by_status: byStatus,
    by_category: z.array(z.object({ category: z.enum(CATEGORIES), jobs: count, by_status: byStatus })),
    by_type: z
      .array(typeStats)
      .meta({ description: 'The first 100 types that there were, the first one first.' }),
    other_types: z.object(typeFields).meta({ id: 'OtherTypes', description: 'All other types together.' }),
    slow: count,
    slow_complete: z
      .boolean()
      .meta({ description: 'False where there may be more slow jobs than were counted.' }),
    by_hour: z.array(hour).meta({
      description:
        'The jobs that ended in each hour of the last 14 days, 336 of them, the oldest first; the last one is still going on.',
    }),
  })
  .meta({ id: 'JobStats' });
export type StatsResponse = z.output<typeof statsResponse>;
