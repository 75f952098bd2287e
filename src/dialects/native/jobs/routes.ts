import * as z from 'zod';
import { NOTHING_TOLD, type Told, tell } from '../../../domain/door/told';
import { cancelSchema, createSchema, rerunSchema } from '../../../domain/job/command';
import { BODY_LIMIT, type Endpoint, tenantEndpoint } from '../../../http/endpoint';
import { waitParams } from '../../../http/params';
import { cancelWithChildren } from '../../../services/bulk/cancel-with-children';
import { type Created, createJob, rerunJob } from '../../../services/jobs/create-job';
import { deleteJob } from '../../../services/jobs/jobs';
import { answerUnit, jobHeaders, REPLAYED } from '../../answer-unit';
import { type JobText, NOT_MODIFIED, READ_HEADERS, replyWithJob } from '../../read-job';
import { takeCancellation, takeCreation } from '../../take-whole';
import { jobText, toVerdict, workerReply } from './mapper';
import { cancelledResponse, createdResponse, jobResponse } from './schemas';

const WHOLE: JobText = { mark: 'a', part: 'content', write: (view) => jobText(view) };

const create = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/api/jobs',
  id: 'createJob',
  summary: 'Create Job',
  description:
    'A pending job: work, or `mark_started`, starts it. With an `Idempotency-Key` the same creation again answers the same job.',
  body: { schema: createSchema, read: takeCreation, maxBytes: BODY_LIMIT },
  keyed: true,
  minimizable: true,
  replies: {
    201: { description: 'The new job.', schema: createdResponse, headers: { Location: 'The job’s path.' } },
    200: { description: 'The job that this Idempotency-Key created before.', schema: createdResponse },
  },
  refusals: ['metadata_too_large', 'quota_exceeded', 'overloaded'],
  async handle({ body, told, request, minimal }, caller) {
    const created = await createJob(caller, body, request, { content: !minimal });
    return created.ok ? toReply(created.value, told) : { rejection: created.rejection };
  },
});

const get = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id',
  id: 'getJob',
  token: { scope: 'read' },
  summary: 'Get Job',
  description: 'All of it, as of its `revision`. With `wait` it is a long poll.',
  query: z.strictObject(waitParams),
  replies: {
    200: { description: 'The job.', schema: jobResponse, headers: READ_HEADERS },
    304: NOT_MODIFIED,
  },
  refusals: ['job_not_found', 'quota_exceeded', 'overloaded', 'unavailable'],
  handle: (call, caller) => replyWithJob(WHOLE, call, caller, call.params.job_id ?? ''),
});

const cancel = tenantEndpoint('job:cancel', {
  method: 'POST',
  path: '/api/jobs/:job_id/cancel',
  id: 'cancelJob',
  summary: 'Cancel Job',
  description:
    'Terminal at once; whether the worker noticed is cancellation.acknowledged_at. Again, it changes nothing. ' +
    'With `children` those of it that were made before and have not ended are cancelled too, a bulk operation as it were: a key for jobs of some types needs `bulk_cancel` among them.',
  body: { schema: cancelSchema, read: takeCancellation, optional: true, maxBytes: BODY_LIMIT },
  keyed: true,
  minimizable: true,
  replies: { 200: { description: 'The cancelled job.', schema: cancelledResponse } },
  refusals: ['job_not_found', 'job_terminal', 'quota_exceeded', 'overloaded', 'unavailable'],
  audit: { action: 'job.cancel', target: 'job', named: 'job_id' },
  async handle({ params, body, told, request, minimal, trace }, caller) {
    const want = { content: !minimal };
    const cancelled = await cancelWithChildren(caller, params.job_id ?? '', body, request, want, trace);
    const bulk_job_id = cancelled.ok ? cancelled.value.bulk_job_id : undefined;
    return answerUnit(cancelled, ({ view }, headers, done) => {
      const more = done.replayed ? toVerdict(done) : tell(told);
      return workerReply(200, view, bulk_job_id === undefined ? more : { ...more, bulk_job_id }, headers);
    });
  },
});

const rerun = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/api/jobs/:job_id/rerun',
  id: 'rerunJob',
  summary: 'Rerun Job',
  description: 'A new job that does an ended one again, or its failed entities alone.',
  body: { schema: rerunSchema, optional: true, maxBytes: BODY_LIMIT },
  keyed: true,
  minimizable: true,
  replies: {
    201: { description: 'The new job.', schema: createdResponse, headers: { Location: 'The job’s path.' } },
    200: { description: 'The job that this Idempotency-Key created before.', schema: createdResponse },
  },
  refusals: [
    ...(['job_not_found', 'job_not_terminal', 'nothing_failed', 'too_many_failed'] as const),
    ...(['quota_exceeded', 'overloaded'] as const),
  ],
  audit: { action: 'job.rerun', target: 'job', named: 'job_id' },
  async handle({ params, body, request, minimal, trace }, caller) {
    const want = { content: !minimal };
    const created = await rerunJob(caller, params.job_id ?? '', body.items ?? 'all', request, want, trace);
    return created.ok ? toReply(created.value, NOTHING_TOLD) : { rejection: created.rejection };
  },
});

const remove = tenantEndpoint('job:cancel', {
  method: 'DELETE',
  path: '/api/jobs/:job_id',
  id: 'deleteJob',
  summary: 'Delete Job',
  description: 'Ended jobs only.',
  replies: { 204: { description: 'The job is gone.' } },
  refusals: ['job_not_found', 'job_not_terminal', 'overloaded'],
  audit: { action: 'job.delete', target: 'job', named: 'job_id' },
  async handle({ params, trace }, caller) {
    const removed = await deleteJob(caller, params.job_id ?? '', trace);
    return removed.ok ? { status: 204, body: null } : { rejection: removed.rejection };
  },
});

export const JOB_ROUTES: readonly Endpoint[] = [create, get, cancel, rerun, remove];

/** A replay tells nothing. */
function toReply({ created, view }: Created, told: Told) {
  const more = created ? { Location: `/api/jobs/${view.summary.job_id}` } : REPLAYED;
  return workerReply(created ? 201 : 200, view, created ? tell(told) : {}, { ...jobHeaders(view), ...more });
}
