import * as z from 'zod';
import { ADJUST_REASONS, MOST_TOLD } from '../../../domain/base/adjustment';
import { type FIELDS, SHOWN_FIELDS, type ShownField } from '../../../domain/job/fields';
import { STATUSES } from '../../../domain/job/job';
import { LOG_LEVELS } from '../../../domain/job/log-level';
import { SKIP_REASONS } from '../../../domain/job/transition';

/** The shapes that surface A answers. Source: contract A, and behaviour §1 beyond it. */

const count = z.int().min(0);
const time = z.iso.datetime().meta({ description: 'UTC with milliseconds.' });

export const issueResponse = z
  .object({
    entity_key: z.string(),
    entity_type: z.string(),
    error_type: z.string(),
    message: z.string(),
    timestamp: time,
    details: z.record(z.string(), z.unknown()).nullable(),
    step: z.string().nullable(),
  })
  .meta({ id: 'JobErrorResponse' });

const cancellation = z
  .object({
    reason: z.string().nullable(),
    requested_at: time,
    requested_by: z.string().meta({ description: 'The id of the key, or of the member, that asked.' }),
    acknowledged_at: time.nullable(),
    acknowledged_with: z
      .enum(['completed', 'failed'])
      .nullable()
      .meta({ description: 'The mark of the worker that noticed.' }),
  })
  .meta({ id: 'Cancellation' });

type Wire<Name extends ShownField> = (typeof FIELDS)[Name]['shown'] extends infer Kind
  ? Kind extends z.ZodType
    ? Kind
    : Kind extends 'time'
      ? typeof time
      : Kind extends 'time or null'
        ? z.ZodNullable<typeof time>
        : z.ZodNullable<typeof cancellation>
  : never;

const WIRE = { time, 'time or null': time.nullable(), cancellation: cancellation.nullable() };

export const summaryResponse = z.object(
  Object.fromEntries(
    SHOWN_FIELDS.map(({ name, shown }) => [name, typeof shown === 'string' ? WIRE[shown] : shown]),
  ) as { [Name in ShownField]: Wire<Name> },
);
export type SummaryResponse = z.output<typeof summaryResponse>;

export const jobResponse = summaryResponse
  .extend({
    errors: z.array(issueResponse).meta({ description: 'The newest 100, oldest first.' }),
    metadata: z.record(z.string(), z.unknown()),
    warnings: z.array(issueResponse).meta({ description: 'The newest 100, oldest first.' }),
    result: z.unknown().meta({ description: 'Any JSON.' }),
  })
  .meta({ id: 'JobResponse' });

export const controlResponse = z
  .object({
    cancel: cancellation.omit({ acknowledged_at: true, acknowledged_with: true }).nullable(),
    next_report_in_seconds: z.int().min(1).meta({
      description:
        'When to speak again: 2 while anyone watches, else 15, and never more than a third of the heartbeat timeout.',
    }),
  })
  .meta({ id: 'Control' });
export type ControlResponse = z.output<typeof controlResponse>;

const minimal = { errors: true, metadata: true, warnings: true, result: true } as const;

/** What of a body was not taken as it came: 20 of each at most, absent where there are none. */
const toldFields = {
  adjusted: z
    .array(z.object({ path: z.string(), reason: z.enum(ADJUST_REASONS) }))
    .max(MOST_TOLD)
    .optional()
    .meta({ description: 'What was kept otherwise than it came.' }),
  ignored: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .max(MOST_TOLD)
    .optional()
    .meta({ description: 'What could not be taken beside the end of a job.' }),
};

export const createdResponse = jobResponse
  .partial(minimal)
  .extend({ adjusted: toldFields.adjusted, control: controlResponse })
  .meta({ id: 'JobWithControl' });

export const reportedResponse = jobResponse
  .partial(minimal)
  .extend({
    applied: z.boolean(),
    reason: z.enum(SKIP_REASONS).optional(),
    applied_revision: z
      .int()
      .meta({ description: 'The revision this report reached when it was first applied.' }),
    last_sequence: count.optional(),
    ...toldFields,
    control: controlResponse,
  })
  .meta({ id: 'ReportedJob' });

/** A replayed cancellation has the verdict of the first. */
export const cancelledResponse = reportedResponse
  .partial({ applied: true, applied_revision: true })
  .extend({
    bulk_job_id: z.uuid().optional().meta({
      description: 'The job that shows how far its children are cancelled; absent where they are not.',
    }),
  })
  .meta({ id: 'CancelledWithControl' });

export const batchResponse = z
  .object({
    job: jobResponse.partial(minimal),
    applied: z
      .boolean()
      .optional()
      .meta({ description: 'In a replay alone: whether any report of the batch was applied.' }),
    verdicts: z
      .array(
        z.object({
          applied: z.boolean(),
          revision: z.int(),
          reason: z.enum(SKIP_REASONS).optional(),
          last_sequence: count.optional(),
        }),
      )
      .nullable()
      .meta({ description: 'One a report; null in a replay.' }),
    stale: count.optional().meta({ description: 'How many came too late; absent where none did.' }),
    ...toldFields,
    applied_revision: z.int(),
    control: controlResponse,
  })
  .meta({ id: 'ReportedBatch' });

export const heartbeatResponse = z
  .object({ status: z.enum(STATUSES), revision: z.int(), control: controlResponse })
  .meta({ id: 'Heartbeat' });

/** A job in a list: what the index knows itself comes behind what the job does. */
const listedResponse = summaryResponse
  .extend({
    updated_at: time.meta({
      description: 'When status, stage or health last changed: the end of an ended job.',
    }),
    slow: z.boolean().meta({
      description: 'In progress for more than three times as long as 19 of 20 of its type took.',
    }),
    expected_at: time.nullable().meta({
      description:
        'When a job in progress ends if it takes as long as half of its type did; null where nobody knows.',
    }),
  })
  .meta({ id: 'JobSummary' });
export type ListedResponse = z.output<typeof listedResponse>;

export const listResponse = z
  .object({ jobs: z.array(listedResponse), next_cursor: z.string().nullable() })
  .meta({ id: 'JobList' });

const byStatus = z.object(
  Object.fromEntries(STATUSES.map((status) => [status, count])) as Record<
    (typeof STATUSES)[number],
    typeof count
  >,
);

/** What a job's children come to, beside a page of them. */
export const childrenResponse = z
  .object({
    jobs: z.array(listedResponse),
    rollup: z
      .object({
        children: count.meta({ description: 'Of each chain of reruns one.' }),
        progress_percentage: z.number().min(0).max(100),
        status: z.enum(STATUSES).meta({
          description: '`pending` until one begins, `in_progress` until all have ended, then the outcome.',
        }),
        outcome: z
          .enum(STATUSES)
          .nullable()
          .meta({ description: 'The worst of those that have ended; null where none has.' }),
        by_status: byStatus,
      })
      .meta({ id: 'Rollup' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'ChildList' });

const dropped = z.int().min(1).optional().meta({
  description:
    'Entries behind the cursor that newer ones have pushed out, whatever the filter; absent where there are none.',
});

export const issuesResponse = (list: 'errors' | 'warnings') =>
  z.object({ [list]: z.array(issueResponse), next_cursor: z.string().nullable(), dropped });

export const logsResponse = z
  .object({
    logs: z.array(
      z.object({
        timestamp: time,
        level: z.enum(LOG_LEVELS),
        message: z.string(),
        kind: z.enum(['log', 'error', 'warning', 'event']),
        revision: z.int(),
        k: count.meta({ description: 'The place within the revision.' }),
      }),
    ),
    next_cursor: z.string().nullable(),
    dropped,
  })
  .meta({ id: 'LogPage' });

export const eventsResponse = z
  .object({
    events: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        at: time,
        job_id: z.uuid(),
        revision: z.int(),
        data: z.record(z.string(), z.unknown()),
      }),
    ),
    next_cursor: z.string().nullable(),
    dropped,
  })
  .meta({ id: 'EventPage' });

export const itemsResponse = z
  .object({
    items: z.array(z.object({ entity_type: z.string(), entity_key: z.string() })),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'ItemPage' });
