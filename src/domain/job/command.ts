import * as z from 'zod';
import type { Json, JsonObject } from '../base/json';
import { shorten, text } from '../base/text';
import { webAddress } from '../base/web-address';
import { type IssueInput, issueSchema, jsonObject } from './issue';
import { CATEGORIES } from './job';
import { JOB_TYPE_LENGTH } from './job-type';
import { LOG_LEVELS } from './log-level';

const counter = z.int().min(0);
const NO_CONTROL = /^[^\p{Cc}]*$/u;

/** `metadata` at creation and in a patch: `stage` and `last_message` in it are the job's own, so they are texts or null. */
const metadata = jsonObject.superRefine((value, ctx) => {
  for (const key of ['stage', 'last_message']) {
    const own = value[key];
    if (own !== undefined && own !== null && typeof own !== 'string') {
      ctx.addIssue({ code: 'custom', path: [key], message: 'must be a string, or null to clear it' });
    }
  }
  if (typeof value.stage === 'string' && !text(200).safeParse(value.stage).success) {
    ctx.addIssue({ code: 'custom', path: ['stage'], message: 'must have at most 200 characters' });
  }
});

/** The body of `POST /api/jobs/`. Source: contract A, and behaviour §1 beyond it. */
export const createSchema = z
  .strictObject({
    job_type: text(JOB_TYPE_LENGTH, 1).regex(NO_CONTROL, { error: 'must not contain control characters' }),
    total_items: counter,
    metadata: metadata.nullish(),
    triggered_by: text(200).nullish(),
    name: text(200, 1).nullish(),
    category: z.enum(CATEGORIES).nullish(),
    tags: z.array(text(128, 1)).max(10).nullish(),
    heartbeat_timeout_seconds: z.int().min(10).max(86_400).nullish(),
    timeout_seconds: z.int().min(1).max(2_592_000).nullish(),
    retention_days: z.int().min(1).max(365).nullish(),
    details_url: webAddress.nullish(),
    parent_job_id: text(64, 1).nullish().meta({
      description: 'A job of the organization that is no child itself. It may have 10,000 children.',
    }),
  })
  .meta({ id: 'CreateJob' });
export type CreateInput = z.output<typeof createSchema>;

export const logSchema = z
  .strictObject({
    level: z.enum(LOG_LEVELS),
    message: z
      .string()
      .meta({ description: 'Of more than 4,000 characters the first 1,000 and the last 2,999 are kept.' }),
    timestamp: z.iso
      .datetime({ offset: true })
      .nullish()
      .meta({ description: 'Outside the years 1 to 9999 it is the time of arrival.' }),
  })
  .meta({ id: 'LogEntry' });

const COUNTERS = ['processed', 'failed', 'warned'] as const;

/** The body of `POST …/progress`. Every field is optional and null means absent. Source: contract A, behaviour §2. */
export const reportSchema = z
  .strictObject({
    error: issueSchema.nullish(),
    mark_completed: z.boolean().nullish().meta({ default: false }),
    mark_failed: z
      .string()
      .min(1, { error: 'must say why the job failed' })
      .nullish()
      .meta({ description: 'Of more than 4,000 characters the first 1,000 and the last 2,999 are kept.' }),
    mark_started: z.boolean().nullish().meta({ default: false }),
    message: z
      .string()
      .nullish()
      .meta({ description: 'Of more than 4,000 characters the first 1,000 and the last 2,999 are kept.' }),
    metadata_patch: metadata.nullish(),
    processed_items: counter.nullish(),
    stage: text(200).nullish(),
    total_items: counter.nullish(),
    warning: issueSchema.nullish(),
    failed_items: counter.nullish(),
    warned_items: counter.nullish(),
    processed_delta: counter.nullish(),
    failed_delta: counter.nullish(),
    warned_delta: counter.nullish(),
    errors: z.array(issueSchema).max(1_000).nullish(),
    warnings: z.array(issueSchema).max(1_000).nullish(),
    logs: z.array(logSchema).max(1_000).nullish(),
    result: z
      .unknown()
      .transform((value) => value as Json)
      .optional()
      .meta({ description: 'Any JSON; null means absent.' }),
    reporter: text(200, 1).nullish().meta({
      description:
        'The name under which `sequence` rises. A job knows 1,000; beyond them the one silent longest gives way once that is for a day.',
    }),
    sequence: counter.nullish().meta({
      description:
        'Higher with each report of its reporter, the same for a repeat; below the last it is a 409 `stale_sequence`. Best begun at the clock: ms since 1970.',
    }),
  })
  .superRefine((report, ctx) => {
    const refuse = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    if (report.mark_completed && isGiven(report.mark_failed)) {
      refuse('mark_completed', 'must not come with mark_failed: a job ends one way');
    }
    for (const name of COUNTERS) {
      if (isGiven(report[`${name}_items`]) && isGiven(report[`${name}_delta`])) {
        refuse(`${name}_delta`, `must not come with ${name}_items: set the counter or add to it`);
      }
    }
    if (isGiven(report.reporter) !== isGiven(report.sequence)) {
      const [missing, given] = isGiven(report.reporter) ? ['sequence', 'reporter'] : ['reporter', 'sequence'];
      refuse(missing, `is required beside ${given}`);
    }
  })
  .meta({ id: 'ReportProgress' });
export type Report = z.output<typeof reportSchema>;

export const cancelSchema = z
  .strictObject({
    reason: z.string().nullish(),
    children: z.boolean().nullish().meta({
      default: false,
      description: 'Its pending and running children too: by a bulk operation, which `bulk_job_id` shows.',
    }),
  })
  .meta({ id: 'CancelJob' });
export const rerunSchema = z
  .strictObject({ items: z.enum(['all', 'failed']).nullish() })
  .meta({ id: 'RerunJob' });

/** What a caller asks of a job. */
export type Command =
  | {
      verb: 'report';
      report: Report;
      /** Of the canonical body; only a marking report needs it. */
      digest: string;
      /** How much of the total is processed, in hundredths of a percent. Objects of an older build pass over it. */
      processed_hundredths?: number;
      /** Fields of the report whose numbers keep the digits they came with, as JSON: `fromSendable`. */
      exact?: string;
      /** Nothing of the report could be taken. */
      nothing?: true;
    }
  | { verb: 'heartbeat' }
  | { verb: 'cancel'; reason: string | null; requested_by: string };

export function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== null && value !== undefined;
}

/** The errors (or warnings) of a report, the single one first. */
export function issuesOf(report: Report, kind: 'error' | 'warning'): IssueInput[] {
  const [one, many] = kind === 'error' ? [report.error, report.errors] : [report.warning, report.warnings];
  return [...(one ? [one] : []), ...(many ?? [])];
}

/** Whether the report tells of work: a counter above 0, a stage, an error or a warning. Source: behaviour §1, "Status". */
export function tellsWork(report: Report): boolean {
  const { stage, metadata_patch, error, errors, warning, warnings } = report;
  const tells = (kind: (typeof COUNTERS)[number]) =>
    (report[`${kind}_items`] ?? 0) > 0 || (report[`${kind}_delta`] ?? 0) > 0;
  return (
    COUNTERS.some(tells) ||
    isGiven(stage ?? metadata_patch?.stage) ||
    isGiven(error) ||
    isGiven(warning) ||
    (errors?.length ?? 0) + (warnings?.length ?? 0) > 0
  );
}

/** How a report ends its job: `true`, the failure's message, or null where it does not. */
export function markOf(report: Report): true | string | null {
  if (report.mark_completed) return true;
  return isGiven(report.mark_failed) ? shorten(report.mark_failed) : null;
}

/** Whether the report carries nothing but its mark (a reporter's sequence aside). */
export function isMarkAlone(report: Report): boolean {
  const mark = ['mark_completed', 'mark_failed', 'mark_started', 'reporter', 'sequence'];
  return Object.entries(report).every(([field, value]) => {
    return !isGiven(value) || (mark.includes(field) && (field !== 'mark_started' || value === false));
  });
}

/** Whether a report says anything, but for fields that are `left` out: null is absent, as is a mark that is false. */
export function saysAnything(report: Report, left: readonly string[] = []): boolean {
  // A sequence says nothing without its reporter.
  return Object.entries(report).some(([field, value]) => {
    const isAbsent = !isGiven(value) || (value === false && field !== 'result') || field === 'sequence';
    return !isAbsent && !left.includes(field);
  });
}

/** `metadata` without the fields that are the job's own, and those. An undefined one was not given. */
export function splitMetadata(given: JsonObject): {
  own: { stage?: string | null; last_message?: string | null };
  rest: JsonObject;
} {
  const { stage, last_message, ...rest } = given;
  const own: { stage?: string | null; last_message?: string | null } = {};
  if (stage !== undefined) own.stage = stage as string | null;
  if (last_message !== undefined) own.last_message = last_message as string | null;
  return { own, rest };
}
