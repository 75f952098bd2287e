/** The job as the peers keep and answer it: the fields that contract A publishes, and nothing more. */
import { randomUUID } from 'node:crypto';

export interface Report {
  mark_started?: boolean;
  mark_completed?: boolean;
  total_items?: number;
  processed_items?: number;
  stage?: string;
  message?: string;
  error?: object;
}

export type JobBody = ReturnType<typeof newBody>;

export function newBody(input: {
  job_type: string;
  total_items: number;
  triggered_by?: string;
  metadata?: object;
}) {
  return {
    job_id: randomUUID() as string,
    job_type: input.job_type,
    status: 'pending',
    total_items: input.total_items,
    processed_items: 0,
    failed_items: 0,
    warned_items: 0,
    created_at: new Date().toISOString(),
    started_at: null as string | null,
    completed_at: null as string | null,
    last_report_at: null as string | null,
    error_message: null as string | null,
    triggered_by: input.triggered_by ?? null,
    stage: null as string | null,
    last_message: null as string | null,
    metadata: input.metadata ?? {},
    errors: [] as object[],
    warnings: [] as object[],
  };
}

/** The fields that a report sets; its error is not among them. */
export function patchOf({
  mark_started,
  mark_completed,
  error: _,
  message,
  ...fields
}: Report): Partial<JobBody> {
  const now = new Date().toISOString();
  return {
    ...fields,
    ...(message === undefined ? {} : { last_message: message }),
    ...(mark_started ? { status: 'in_progress', started_at: now } : {}),
    ...(mark_completed ? { status: 'completed', completed_at: now } : {}),
    last_report_at: now,
  };
}

/** The error of a report as a job shows it; null where it has none. */
export function errorOf({ error }: Report): object | null {
  return error === undefined ? null : { ...error, timestamp: new Date().toISOString() };
}

/** The body with what follows from its counters. */
export function answerOf(body: JobBody): object {
  const attempted = body.processed_items + body.failed_items;
  const percent = (part: number, whole: number) =>
    whole === 0 ? 0 : Math.min(100, Math.floor((10_000 * part) / whole) / 100);
  return {
    ...body,
    progress_percentage: percent(attempted, body.total_items),
    success_rate: percent(body.processed_items, attempted),
  };
}
