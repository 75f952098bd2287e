import type { Result } from '../domain/base/result';
import type { Reply } from '../http/endpoint';
import type { Refused } from '../http/problem';
import type { Applied, JobView } from '../services/jobs/jobs';
import { controlFor, type Done } from './native/jobs/mapper';

/** What every answer to a worker has in its headers, for those that read no JSON. */
export function jobHeaders({ summary }: JobView): Record<string, string> {
  return { 'Job-Status': summary.status, 'Job-Revision': String(summary.revision) };
}

/**
 * The reply to a unit, with the headers it is to carry. A refusal to a known job tells the worker where the job stands
 * all the same.
 */
export function answerUnit(
  result: Result<Applied>,
  reply: (applied: Applied, headers: Record<string, string>, done: Done) => Reply,
): Reply | Refused {
  if (!result.ok) return { rejection: result.rejection };
  const { answer, view } = result.value;
  const headers = jobHeaders(view);
  if (answer.outcome === 'done') {
    return reply(result.value, answer.replayed ? { ...headers, ...REPLAYED } : headers, answer);
  }
  const { status, revision } = view.summary;
  const extra = { job_status: status, revision, control: controlFor(view) };
  return { rejection: answer.rejection, extra, headers };
}

export const REPLAYED = { 'Idempotency-Replayed': 'true' };
