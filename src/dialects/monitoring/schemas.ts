import * as z from 'zod';
import { CATEGORIES } from '../../domain/job/job';
import { LOG_LEVELS } from '../../domain/job/log-level';
import { STATUS_WORDS } from '../status-words';

/** The shapes that surface C answers. Source: contract C. */

const count = z.int().min(0);
const time = z.int().meta({ description: 'Timestamp (ms).' });

export const monitoredJob = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.string(),
    category: z.enum(CATEGORIES),
    status: z.enum(STATUS_WORDS),
    progress: z.object({ total: count, completed: count, failed: count }),
    createdAt: time,
    completedAt: time.nullable(),
  })
  .meta({ id: 'MonitoredJob' });
export type MonitoredJob = z.output<typeof monitoredJob>;

export const monitoredJobWithLogs = monitoredJob
  .extend({
    logs: z.array(z.object({ timestamp: time, level: z.enum(LOG_LEVELS), message: z.string() })),
    logsTotal: count,
  })
  .meta({ id: 'MonitoredJobWithLogs' });

export const cancelled = z
  .object({ id: z.uuid(), status: z.literal('cancelled') })
  .meta({ id: 'CancelledJob' });
