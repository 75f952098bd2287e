import { reportSchema } from '../../../domain/job/command';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { heartbeat, reportBatch, reportProgress } from '../../../services/jobs/jobs';
import { answerUnit } from '../../answer-unit';
import { END_LIMIT } from '../../report-limits';
import {
  controlFor,
  jobText,
  preferenceHeaders,
  tellStale,
  tellUnit,
  toVerdict,
  toVerdicts,
  workerReply,
} from '../jobs/mapper';
import { batchResponse, heartbeatResponse, reportedResponse } from '../jobs/schemas';
import { takeBatch, takeReport } from './read-reports';
import { BATCH_BYTES, batchSchema } from './report-bodies';

const WORKER_HEADERS = {
  'Job-Status': 'The job’s status after this request.',
  'Job-Revision': 'The job’s revision after this request.',
};

export const progress = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/api/jobs/:job_id/progress',
  id: 'reportProgress',
  token: { scope: 'report' },
  summary: 'Report Job Progress',
  description: 'Worker progress update for a job. All fields are optional; only provided fields take effect.',
  body: {
    schema: reportSchema,
    maxBytes: BODY_LIMIT,
    endBytes: END_LIMIT,
    read: (input) => takeReport(input, input.params.job_id ?? ''),
  },
  keyed: true,
  minimizable: true,
  replies: {
    200: { description: 'The job after the report.', schema: reportedResponse, headers: WORKER_HEADERS },
  },
  refusals: [
    ...(['job_not_found', 'job_terminal', 'stale_sequence'] as const),
    ...(['metadata_too_large', 'result_too_large', 'overloaded'] as const),
  ],
  async handle({ params, body: [report], told, request, minimal }, caller) {
    if (report === undefined) throw new Error('a report was taken, and there is none');
    const applied = await reportProgress(caller, params.job_id ?? '', report, request, { content: !minimal });
    return answerUnit(applied, ({ view }, headers, done) => {
      return workerReply(200, view, { ...toVerdict(done), ...tellUnit(told, done, false) }, headers);
    });
  },
});

const batch = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/api/jobs/:job_id/progress/batch',
  id: 'reportBatch',
  token: { scope: 'report' },
  summary: 'Report Job Progress, many reports in one commit',
  description:
    'Stale, duplicate and late reports are skipped, the rest stored in order; any other refusal of one refuses the whole batch, and so does a sequence below its reporter’s last in each of them.',
  body: {
    schema: batchSchema,
    maxBytes: BATCH_BYTES,
    read: (input) => takeBatch(input, input.params.job_id ?? ''),
  },
  keyed: true,
  minimizable: true,
  replies: {
    200: { description: 'A verdict for each report.', schema: batchResponse, headers: WORKER_HEADERS },
  },
  refusals: ['job_not_found', 'stale_sequence', 'metadata_too_large', 'result_too_large', 'overloaded'],
  async handle({ params, body, told, request, minimal }, caller) {
    const applied = await reportBatch(caller, params.job_id ?? '', body, request, { content: !minimal });
    return answerUnit(applied, ({ view }, headers, done) => {
      const rest = {
        ...(done.replayed ? { applied: done.applied } : {}),
        ...toVerdicts(done),
        ...tellStale(done),
        ...tellUnit(told, done, true),
        applied_revision: done.revision,
        control: controlFor(view),
      };
      return {
        status: 200,
        body: `{"job":${jobText(view)},${JSON.stringify(rest).slice(1)}`,
        headers: { ...preferenceHeaders(view), ...headers },
      };
    });
  },
});

const beat = tenantEndpoint('job:create', {
  method: 'POST',
  path: '/api/jobs/:job_id/heartbeat',
  id: 'heartbeat',
  token: { scope: 'report' },
  summary: 'Say that the worker is alive',
  description: 'A job that has ended refuses it, unless its cancellation still waits for an acknowledgement.',
  replies: {
    200: { description: 'The job’s status and control.', schema: heartbeatResponse, headers: WORKER_HEADERS },
  },
  refusals: ['job_not_found', 'job_terminal', 'overloaded'],
  async handle({ params }, caller) {
    const applied = await heartbeat(caller, params.job_id ?? '');
    return answerUnit(applied, ({ view }, headers) => {
      const { status, revision } = view.summary;
      return jsonReply(200, { status, revision, control: controlFor(view) }, headers);
    });
  },
});

export const REPORT_ROUTES: readonly Endpoint[] = [progress, batch, beat];
