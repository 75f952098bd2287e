import * as z from 'zod';
import { rerunSchema } from '../../domain/job/command';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../http/endpoint';
import { waitParams } from '../../http/params';
import { type ErrorShape, PROBLEMS } from '../../http/problem';
import { rerunJob } from '../../services/jobs/create-job';
import { jobHeaders, REPLAYED } from '../answer-unit';
import { type JobText, NOT_MODIFIED, READ_HEADERS, replyWithJob } from '../read-job';
import { STATUS_WORD } from '../status-words';
import { toPollingJob, toSeconds } from './mapper';
import { jobEnvelope, rerunEnvelope } from './schemas';

/** Surface B's errors: the envelope of its answers. Source: behaviour §3. */
export const POLLING_ERRORS: ErrorShape = {
  contentType: 'application/json',
  write({ rejection, extra }, requestId) {
    const { code, detail, errors } = rejection;
    const details = { ...(errors === undefined ? {} : { errors }), ...extra };
    const message = detail || PROBLEMS[code].title;
    return JSON.stringify({ data: null, error: { code, message, details, request_id: requestId } });
  },
};

const POLLED: JobText = {
  mark: 'b',
  part: 'content',
  write: (view) => JSON.stringify({ data: toPollingJob(view), error: null }),
};

const get = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/v1/api/jobs/:id',
  id: 'pollJob',
  token: { scope: 'read' },
  summary: 'Get Job Status',
  description:
    'The job in the envelope; `progress` is a whole per cent, and `result` has a default once the job has ended.',
  query: z.strictObject(waitParams),
  replies: {
    200: { description: 'The job.', schema: jobEnvelope, headers: READ_HEADERS },
    304: NOT_MODIFIED,
  },
  refusals: ['job_not_found', 'quota_exceeded', 'overloaded', 'unavailable'],
  handle: (call, caller) => replyWithJob(POLLED, call, caller, call.params.id ?? ''),
});

const rerun = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/v1/api/jobs/:id/rerun',
  id: 'pollRerun',
  summary: 'Rerun Job',
  description: 'Restart a failed or completed job.',
  body: { schema: rerunSchema, optional: true, maxBytes: BODY_LIMIT },
  keyed: true,
  replies: {
    201: { description: 'The new job.', schema: rerunEnvelope },
    200: { description: 'The job that this Idempotency-Key created before.', schema: rerunEnvelope },
  },
  refusals: [
    ...(['job_not_found', 'job_not_terminal', 'nothing_failed', 'too_many_failed'] as const),
    ...(['quota_exceeded', 'overloaded'] as const),
  ],
  audit: { action: 'job.rerun', target: 'job', named: 'id' },
  async handle({ params, body, request, trace }, caller) {
    const created = await rerunJob(caller, params.id ?? '', body.items ?? 'all', request, {}, trace);
    if (!created.ok) return { rejection: created.rejection };
    const { job_id, job_type, status, rerun_of, created_at } = created.value.view.summary;
    const data = {
      id: job_id,
      type: job_type,
      status: STATUS_WORD[status],
      originalJobId: rerun_of,
      createdAt: toSeconds(created_at),
    };
    const headers = { ...jobHeaders(created.value.view), ...(created.value.created ? {} : REPLAYED) };
    return jsonReply(created.value.created ? 201 : 200, { data, error: null }, headers);
  },
});

export const POLLING_ROUTES: readonly Endpoint[] = [get, rerun];
