/** What the model expects of an answer, in the words of the routes. */
import { bodyOf, iso } from './body.ts';
import type { Told } from './door.ts';
import type { Job } from './job.ts';
import type { JsonObject } from './json.ts';
import type { Refusal, Verdict } from './report.ts';

/** What is expected of an answer. */
export interface Outcome {
  status: number;
  /** Of a refusal. */
  code?: string;
  /** A path one of the refusal's `errors` begins with. */
  path?: string;
  /** Whose body the answer carries. */
  job?: Job;
  /** Whether the body is under `job`, as in a batch. */
  nested?: boolean;
  minimal?: boolean;
  /** What stands beside the job, or in place of it. */
  fields?: JsonObject;
  replayed?: boolean;
  /** The job whose `Job-Status` and `Job-Revision` the answer carries. */
  head?: Job;
  /** Whether `job` was made by this request, so that its id is still to learn. */
  made?: boolean;
}

/** A worker that has forgotten where it was is told so. */
export function stale(verdict: Verdict | undefined): Answered {
  return {
    status: 409,
    code: 'stale_sequence',
    fields: { last_sequence: verdict?.lastSequence ?? null },
  };
}

/** What becomes of a report, a batch or a cancel. */
export type Answered =
  | (Refusal & { fields?: JsonObject })
  | (Omit<Verdict, 'lastSequence' | 'told'> & { fields: JsonObject });

/** What stands beside the job in the answer to a report, a batch or a cancel. */
export function beside(job: Job, revision: number, own: JsonObject): JsonObject {
  return { ...own, applied_revision: revision, control: controlOf(job) };
}

/** What the author is told, in the words of the answer; of a batch with the place of each report. */
export function tell(told: readonly Told[], batch: boolean): JsonObject {
  const place = (index: number, path: string) => (batch ? `reports.${index}.${path}` : path);
  return {
    adjusted: told.flatMap(({ adjusted }, index) =>
      adjusted.map(({ path, reason }) => ({ path: place(index, path), reason })),
    ),
    ignored: told.flatMap(({ ignored }, index) => ignored.map((path) => place(index, path))),
  };
}

export function verdictBody({ lastSequence, told: _told, ...verdict }: Verdict): JsonObject {
  return { ...verdict, last_sequence: lastSequence };
}

/** What every answer to a worker carries, so that it hears of a cancellation. */
export function controlOf(job: Job): JsonObject {
  const { cancellation } = job;
  const third = Math.floor((job.given.heartbeat_timeout_seconds ?? 45) / 3);
  return {
    cancel: cancellation && {
      reason: cancellation.reason,
      requested_at: iso(cancellation.at),
      requested_by: cancellation.by,
    },
    next_report_in_seconds: Math.min(15, third),
  };
}

/** The answer's body in full. */
export function expectedBody(outcome: Outcome): JsonObject | null {
  const { job, fields = {} } = outcome;
  if (!job) return outcome.fields ?? null;
  const body = bodyOf(job);
  if (outcome.minimal) for (const left of ['errors', 'warnings', 'metadata', 'result']) delete body[left];
  return outcome.nested ? { job: body, ...fields } : { ...body, ...fields };
}
