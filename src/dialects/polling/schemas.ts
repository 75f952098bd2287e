import * as z from 'zod';
import { STATUS_WORDS } from '../status-words';

/** The shapes that surface B answers. Source: contract B. */

const time = z.iso.datetime().meta({ description: 'UTC, whole seconds.' });

const pollingJob = z
  .object({
    id: z.uuid(),
    type: z.string(),
    status: z.enum(STATUS_WORDS),
    progress: z.int().min(0).max(100),
    result: z
      .unknown()
      .meta({ description: 'Null until there is one; at the end the counts, where the worker gave none.' }),
    errorMessage: z.string().nullable(),
    createdAt: time,
    completedAt: time.nullable(),
  })
  .meta({ id: 'PollingJob' });
export type PollingJob = z.output<typeof pollingJob>;

const rerunJob = z
  .object({
    id: z.uuid(),
    type: z.string(),
    status: z.enum(STATUS_WORDS),
    originalJobId: z.uuid(),
    createdAt: time,
  })
  .meta({ id: 'PollingRerun' });

export const jobEnvelope = z.object({ data: pollingJob, error: z.null() });
export const rerunEnvelope = z.object({ data: rerunJob, error: z.null() });
