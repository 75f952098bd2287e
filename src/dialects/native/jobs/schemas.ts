import * as z from 'zod';
import { CATEGORIES, HEALTHS, STATUSES } from '../../../domain/job/job';
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
  })
  .meta({ id: 'Cancellation' });

export const summaryResponse = z
  .object({
    failed_items: count.meta({
      description: 'Items that failed: the counter or the distinct failed entities, whichever is larger.',
    }),
    job_id: z.uuid(),
    job_type: z.string(),
    processed_items: count.meta({ description: 'Items successfully processed.' }),
    progress_percentage: z.number().min(0).max(100),
    status: z.enum(STATUSES),
    success_rate: z.number().min(0).max(100),
    total_items: count,
    completed_at: time.nullable(),
    created_at: time,
    duration_seconds: z.number().nullable(),
    error_message: z.string().nullable().meta({ deprecated: true }),
    started_at: time.nullable(),
    triggered_by: z.string().nullable(),
    warned_items: count,
    organization_id: z.string(),
    name: z.string(),
    category: z.enum(CATEGORIES),
    tags: z.array(z.string()),
    failed_entities_capped: z.boolean(),
    warned_entities_capped: z.boolean(),
    rate_per_second: z.number().nullable(),
    eta_at: time.nullable(),
    stage: z.string().nullable(),
    last_message: z.string().nullable(),
    last_report_at: time.nullable(),
    cancellation: cancellation.nullable(),
    errors_total: count,
    warnings_total: count,
    logs_total: count,
    errors_by_type: z.record(z.string(), count),
    rerun_of: z.uuid().nullable(),
    root_job_id: z.uuid(),
    rerun_number: count,
    heartbeat_timeout_seconds: z.int().nullable(),
    timeout_seconds: z.int().nullable(),
    health: z.enum(HEALTHS),
    retention_days: z.int(),
    revision: z.int().min(1),
  })
  .meta({ id: 'JobSummary' });
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
    cancel: cancellation.omit({ acknowledged_at: true }).nullable(),
    next_report_in_seconds: z.int().min(1).meta({
      description:
        'When to speak again: 2 while anyone watches, else 15, and never more than a third of the heartbeat timeout.',
    }),
  })
  .meta({ id: 'Control' });
export type ControlResponse = z.output<typeof controlResponse>;

const minimal = { errors: true, metadata: true, warnings: true, result: true } as const;

export const createdResponse = jobResponse
  .partial(minimal)
  .extend({ control: controlResponse })
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
    control: controlResponse,
  })
  .meta({ id: 'ReportedJob' });

/** A replayed cancellation has the verdict of the first. */
export const cancelledResponse = reportedResponse
  .partial({ applied: true, applied_revision: true })
  .meta({ id: 'CancelledWithControl' });

export const batchResponse = z
  .object({
    job: jobResponse.partial(minimal),
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
    applied_revision: z.int(),
    control: controlResponse,
  })
  .meta({ id: 'ReportedBatch' });

export const heartbeatResponse = z
  .object({ status: z.enum(STATUSES), revision: z.int(), control: controlResponse })
  .meta({ id: 'Heartbeat' });

export const listResponse = z
  .object({ jobs: z.array(summaryResponse), next_cursor: z.string().nullable() })
  .meta({ id: 'JobList' });

export const issuesResponse = (list: 'errors' | 'warnings') =>
  z.object({ [list]: z.array(issueResponse), next_cursor: z.string().nullable() });

export const logsResponse = z
  .object({
    logs: z.array(
      z.object({
        timestamp: time,
        level: z.enum(['info', 'warn', 'error']),
        message: z.string(),
        kind: z.enum(['log', 'error', 'warning', 'event']),
        revision: z.int(),
        k: count.meta({ description: 'The place within the revision.' }),
      }),
    ),
    next_cursor: z.string().nullable(),
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
  })
  .meta({ id: 'EventPage' });

export const itemsResponse = z
  .object({
    items: z.array(z.object({ entity_type: z.string(), entity_key: z.string() })),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'ItemPage' });
