import { alsoBound, type Told, tell } from '../../../domain/door/told';
import { type Control, controlOf } from '../../../domain/job/control';
import { SHOWN_FIELDS } from '../../../domain/job/fields';
import { BLANK, type Summary } from '../../../domain/job/summary';
import type { Reply } from '../../../http/endpoint';
import type { JobView, UnitAnswer } from '../../../services/jobs/jobs';
import type { ListedJob } from '../../../services/jobs/lists';
import { toTime, toTimeOrNull } from '../../times';
import type { ControlResponse, ListedResponse, SummaryResponse } from './schemas';

export type Done = Extract<UnitAnswer, { outcome: 'done' }>;

const WRITE = { time: toTime, 'time or null': toTimeOrNull, cancellation: toCancellation };
const WRITERS = SHOWN_FIELDS.map(({ name, shown }) => ({
  name,
  write: typeof shown === 'string' ? (WRITE[shown] as (value: unknown) => unknown) : null,
}));

/** A job's summary in the field order of contract A, then the fields of behaviour §1. */
export function toSummary(job: Summary): SummaryResponse {
  const body: Record<string, unknown> = { ...BLANK };
  for (const { name, write } of WRITERS) {
    // An object of an older build says nothing of a field that is new.
    const value = job[name] ?? null;
    body[name] = write === null ? value : write(value);
  }
  return body as SummaryResponse;
}

/** The names of all that a list shows of a job, in their order. */
export const LISTED_FIELDS = [
  ...SHOWN_FIELDS.map(({ name }) => name),
  ...(['updated_at', 'slow', 'expected_at'] as const),
] as const;

/** A job in a list, where the index adds what it knows itself. */
export function toListed(job: ListedJob): ListedResponse {
  return {
    ...toSummary(job),
    updated_at: toTime(job.updated_at),
    slow: job.slow ?? false,
    expected_at: toTimeOrNull(job.expected_at ?? null),
  };
}

function toCancellation(cancellation: Summary['cancellation']): SummaryResponse['cancellation'] {
  if (cancellation === null) return null;
  return {
    reason: cancellation.reason,
    requested_at: toTime(cancellation.requested_at),
    requested_by: cancellation.requested_by,
    acknowledged_at: toTimeOrNull(cancellation.acknowledged_at),
    acknowledged_with: cancellation.acknowledged_with ?? null,
  };
}

/** A job as JSON text: its content is JSON text already and passes through. `more` comes last. */
export function jobText({ summary, content }: JobView, more: Record<string, unknown> = {}): string {
  const parts = [JSON.stringify(toSummary(summary)).slice(1, -1)];
  if (content !== null) {
    const { errors, metadata, warnings, result } = content;
    parts.push(`"errors":${errors},"metadata":${metadata},"warnings":${warnings},"result":${result}`);
  }
  if (Object.keys(more).length > 0) parts.push(JSON.stringify(more).slice(1, -1));
  return `{${parts.join(',')}}`;
}

/** What an answer to the worker of this job tells it. */
export function controlFor({ summary, watchers }: JobView): ControlResponse {
  return toControl(controlOf(summary, watchers ?? 0));
}

export function toControl({ cancel, next_report_in_seconds }: Control): ControlResponse {
  return {
    cancel: cancel === null ? null : { ...cancel, requested_at: toTime(cancel.requested_at) },
    next_report_in_seconds,
  };
}

/** What became of a unit: at first, and of a keyed one each time it is sent again. */
export function toVerdict({ applied, reason, revision, last_sequence }: Done): Record<string, unknown> {
  return {
    applied,
    ...(reason === null ? {} : { reason }),
    applied_revision: revision,
    ...(last_sequence === null ? {} : { last_sequence }),
  };
}

/** What became of each report of a batch; null in a replay. */
export function toVerdicts({ verdicts }: Done): Record<string, unknown> {
  return {
    verdicts: verdicts?.map(({ ignored: _ignored, ...verdict }) => verdict) ?? null,
  };
}

/** How many reports of a unit came too late; absent where none did. */
export function tellStale({ reason, verdicts }: Done): { stale?: number } {
  const reasons = verdicts === null ? [reason] : verdicts.map((verdict) => verdict.reason);
  const stale = reasons.filter((one) => one === 'stale').length;
  return stale === 0 ? {} : { stale };
}

/** What of a unit was not taken as it came: at the door, and by the job itself. A replay tells nothing. */
export function tellUnit(
  told: Told,
  { verdicts, replayed, bound }: Done,
  batch: boolean,
): ReturnType<typeof tell> {
  if (replayed) return {};
  const late = (verdicts ?? []).flatMap(({ ignored = [] }, index) =>
    ignored.map(({ path, message }) => ({ path: batch ? `reports.${index}.${path}` : path, message })),
  );
  const all = alsoBound(told, bound);
  return tell(late.length === 0 ? all : { ...all, ignored: [...all.ignored, ...late] });
}

/** An answer to a worker: the job, what became of the request, and the control. */
export function workerReply(
  status: number,
  view: JobView,
  more: Record<string, unknown>,
  headers: Record<string, string>,
): Reply {
  return {
    status,
    body: jobText(view, { ...more, control: controlFor(view) }),
    headers: { ...preferenceHeaders(view), ...headers },
  };
}

/** `Preference-Applied`, where `Prefer: return=minimal` was followed. */
export function preferenceHeaders({ content }: JobView): Record<string, string> {
  return content === null ? { 'Preference-Applied': 'return=minimal' } : {};
}
