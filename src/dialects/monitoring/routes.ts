import * as z from 'zod';
import { cancelSchema } from '../../domain/job/command';
import { CATEGORIES } from '../../domain/job/job';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../http/endpoint';
import { cursorParam, limitParam, waitParams } from '../../http/params';
import { cancelWithChildren } from '../../services/bulk/cancel-with-children';
import type { ListFilter } from '../../services/jobs/lists';
import { listJobs } from '../../services/jobs/lists';
import { cursorScope } from '../../services/page';
import { answerUnit } from '../answer-unit';
import { type JobText, NOT_MODIFIED, READ_HEADERS, replyWithJob } from '../read-job';
import { STATUS_WORDS, statusesOf } from '../status-words';
import { takeCancellation } from '../take-whole';
import { toMonitoredJob, toMonitoredJobWithLogs } from './mapper';
import { cancelled, monitoredJob, monitoredJobWithLogs } from './schemas';

const LIMIT = 20;

const MONITORED: JobText = {
  mark: 'c',
  part: 'logs',
  write: (view) => JSON.stringify(toMonitoredJobWithLogs(view)),
};

const list = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/v1/jobs',
  id: 'monitorJobs',
  summary: 'List Jobs',
  description: 'Newest first, as a plain array; the next page is where `Link` leads.',
  query: z.strictObject({
    status: z.array(z.enum(STATUS_WORDS)).optional(),
    category: z.enum(CATEGORIES).optional(),
    limit: limitParam.optional(),
    cursor: cursorParam,
  }),
  cursorOf: () => 'monitored',
  token: { scope: 'read', lists: true },
  replies: {
    200: {
      description: 'Jobs, newest first.',
      schema: z.array(monitoredJob),
      headers: { Link: 'The next page, rel="next", where there is one.' },
    },
  },
  refusals: ['unavailable'],
  async handle({ query, position }, caller) {
    const { status, category, limit = LIMIT } = query;
    const filter: ListFilter = {
      ...(status === undefined ? {} : { status: [...new Set(status)].flatMap(statusesOf) }),
      ...(category === undefined ? {} : { category }),
    };
    const scope = cursorScope(caller.principal.organization, 'monitored');
    const page = await listJobs(caller, filter, { scope, position, limit });
    if (!page.ok) return { rejection: page.rejection };
    const { items, next_cursor } = page.value;
    const headers: Record<string, string> =
      next_cursor === null ? {} : { Link: nextLink(query, next_cursor) };
    return jsonReply(200, items.map(toMonitoredJob), headers);
  },
});

const get = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/v1/jobs/:id',
  id: 'monitorJob',
  token: { scope: 'read' },
  summary: 'Get Job',
  description: 'The job with the newest 1,000 lines of its log, oldest first.',
  query: z.strictObject(waitParams),
  replies: {
    200: { description: 'The job.', schema: monitoredJobWithLogs, headers: READ_HEADERS },
    304: NOT_MODIFIED,
  },
  refusals: ['job_not_found', 'quota_exceeded', 'overloaded', 'unavailable'],
  handle: (call, caller) => replyWithJob(MONITORED, call, caller, call.params.id ?? ''),
});

const cancel = tenantEndpoint('job:cancel', {
  method: 'POST',
  path: '/api/v1/jobs/:id/cancel',
  id: 'monitorCancel',
  summary: 'Cancel Job',
  description: 'Cancels a pending or running job. What has been processed is not rolled back.',
  body: { schema: cancelSchema, read: takeCancellation, optional: true, maxBytes: BODY_LIMIT },
  keyed: true,
  replies: { 200: { description: 'The job is cancelled.', schema: cancelled } },
  refusals: ['job_not_found', 'job_terminal', 'quota_exceeded', 'overloaded', 'unavailable'],
  audit: { action: 'job.cancel', target: 'job', named: 'id' },
  async handle({ params, body, request, trace }, caller) {
    const done = await cancelWithChildren(caller, params.id ?? '', body, request, {}, trace);
    return answerUnit(done, ({ view }, headers) =>
      jsonReply(200, { id: view.summary.job_id, status: 'cancelled' }, headers),
    );
  },
});

export const MONITORING_ROUTES: readonly Endpoint[] = [list, get, cancel];

function nextLink(
  query: { status?: string[] | undefined; category?: string | undefined; limit?: number | undefined },
  cursor: string,
): string {
  const params = new URLSearchParams();
  for (const word of query.status ?? []) params.append('status', word);
  if (query.category !== undefined) params.set('category', query.category);
  if (query.limit !== undefined) params.set('limit', String(query.limit));
  params.set('cursor', cursor);
  return `</api/v1/jobs?${params}>; rel="next"`;
}
