import * as z from 'zod';
import { text } from '../../../domain/base/text';
import { LIST_ORDERS } from '../../../domain/job/list-filter';
import { LOG_LEVELS } from '../../../domain/job/log-level';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam, limitParam, timeParam } from '../../../http/params';
import type { EntryText, JobPage } from '../../../services/jobs/lists';
import { listEntries, listItems, listJobs, listLog } from '../../../services/jobs/lists';
import { cursorScope } from '../../../services/page';
import { toTime } from '../../times';
import { filterFields, toListFilter } from './list-filter';
import { toListed } from './mapper';
import * as schemas from './schemas';

const LIMIT = 50;

const listQuery = z.strictObject({
  ...filterFields,
  order: z.enum(LIST_ORDERS).optional().meta({ default: 'created_at' }),
  limit: limitParam.optional(),
  cursor: cursorParam,
});

const list = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs',
  id: 'listJobs',
  summary: 'List Jobs',
  description:
    'Newest first, by the time that `order` names: by `updated_at`, when status, stage or health last changed, or by `completed_at` the jobs that have ended alone. Status, stage and health are shown at once. Progress is as old as two seconds while somebody looks, and may be ' +
    'ten minutes old at the first look, as last_report_at tells: looking asks for it, so the next look has it. Repeated status and health are or, repeated tag and; created_after is ≥, created_before is <. Texts over 500 ' +
    'characters are cut in their middle, and errors_by_type names the ten most frequent: the job itself has the whole. ' +
    'A page reads 10,000 rows at most: where few jobs match all of a filter it may be short, or empty, and next_cursor leads on. A cursor is good for the filter and the order that it was given for. ' +
    'By `updated_at` a job that changes between two pages goes to the front: no page shows it in its old place, and none leaves out another for it.',
  query: listQuery,
  cursorOf: () => 'jobs',
  token: { scope: 'read', lists: true },
  replies: {
    200: { description: 'A page of jobs without their content.', schema: schemas.listResponse },
  },
  refusals: ['unavailable'],
  async handle({ query, position }, caller) {
    const { cursor: _cursor, limit = LIMIT, order, ...fields } = query;
    const filter = toListFilter(fields);
    if (filter === null) return jsonReply(200, { jobs: [], next_cursor: null });
    const scope = cursorScope(caller.principal.organization, 'jobs');
    const page = await listJobs(caller, filter, { scope, position, limit }, order);
    if (!page.ok) return { rejection: page.rejection };
    const { items, next_cursor } = page.value;
    return jsonReply(200, { jobs: items.map(toListed), next_cursor });
  },
});

const PAGE_HEADERS = { 'Job-Revision': 'The job’s revision that the page is of.' };

const pageQuery = { limit: limitParam.optional(), cursor: cursorParam };

const entryLists = (['errors', 'warnings'] as const).map((name) =>
  tenantEndpoint('job:read', {
    method: 'GET',
    path: `/api/jobs/:job_id/${name}`,
    id: name === 'errors' ? 'listErrors' : 'listWarnings',
    token: { scope: 'read' },
    summary: `List a job’s ${name}, oldest first`,
    description: 'The newest 1,000 are kept; `dropped` says how many were pushed out behind the cursor.',
    query: z.strictObject({
      error_type: z.string().optional(),
      entity_type: z.string().optional(),
      ...pageQuery,
    }),
    cursorOf: ({ job_id }) => listOf(name, job_id),
    replies: {
      200: {
        description: 'A page of the newest 1,000.',
        schema: schemas.issuesResponse(name),
        headers: PAGE_HEADERS,
      },
    },
    refusals: ['job_not_found', 'overloaded'],
    async handle({ params, query, position }, caller) {
      const { limit = LIMIT, error_type, entity_type } = query;
      const jobId = params.job_id ?? '';
      const scope = cursorScope(caller.principal.organization, listOf(name, jobId));
      const ring = name === 'errors' ? 'error' : 'warning';
      const page = await listEntries(
        caller,
        jobId,
        ring,
        { error_type, entity_type },
        { scope, position, limit },
      );
      if (!page.ok) return { rejection: page.rejection };
      const { items, revision } = page.value;
      const issues = items.map(({ body }) => body).join(',');
      const body = `{"${name}":[${issues}],${JSON.stringify(behind(page.value)).slice(1)}`;
      return { status: 200, body, headers: revisionHeader(revision) };
    },
  }),
);

const logs = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/logs',
  id: 'listLogs',
  token: { scope: 'read' },
  summary: 'List a job’s log, oldest first',
  description:
    'Log entries, errors, warnings and events in one order. A page looks at 1,000 of them at most: where a filter lets ' +
    'few of those through it may be short or empty and still have a next_cursor, behind what it has looked at.',
  query: z.strictObject({
    level: z.enum(LOG_LEVELS).optional(),
    since: timeParam.optional(),
    until: timeParam.optional(),
    q: text(200).optional().meta({ description: 'A text that the message holds.' }),
    ...pageQuery,
  }),
  cursorOf: ({ job_id }) => listOf('logs', job_id),
  replies: {
    200: { description: 'A page of lines.', schema: schemas.logsResponse, headers: PAGE_HEADERS },
  },
  refusals: ['job_not_found', 'overloaded'],
  async handle({ params, query, position }, caller) {
    const { limit = LIMIT, level, since, until, q } = query;
    const jobId = params.job_id ?? '';
    const scope = cursorScope(caller.principal.organization, listOf('logs', jobId));
    const page = await listLog(caller, jobId, { level, since, until, q }, { scope, position, limit });
    if (!page.ok) return { rejection: page.rejection };
    const { items, revision } = page.value;
    const lines = items.map(({ at, level, message, kind, revision, k }) => {
      return { timestamp: toTime(at), level, message, kind, revision, k };
    });
    return jsonReply(200, { logs: lines, ...behind(page.value) }, revisionHeader(revision));
  },
});

const events = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/events',
  id: 'listEvents',
  token: { scope: 'read' },
  summary: 'List a job’s events, oldest first',
  description: 'What has become of the job, oldest first: the newest 1,000.',
  query: z.strictObject(pageQuery),
  cursorOf: ({ job_id }) => listOf('events', job_id),
  replies: {
    200: {
      description: 'A page of the newest 1,000.',
      schema: schemas.eventsResponse,
      headers: PAGE_HEADERS,
    },
  },
  refusals: ['job_not_found', 'overloaded'],
  async handle({ params, query, position }, caller) {
    const jobId = params.job_id ?? '';
    const scope = cursorScope(caller.principal.organization, listOf('events', jobId));
    const page = await listEntries(
      caller,
      jobId,
      'event',
      {},
      { scope, position, limit: query.limit ?? LIMIT },
    );
    if (!page.ok) return { rejection: page.rejection };
    const { items, revision } = page.value;
    const found = items.map((entry) => toEvent(jobId.toLowerCase(), entry));
    return jsonReply(200, { events: found, ...behind(page.value) }, revisionHeader(revision));
  },
});

const items = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/items',
  id: 'listItems',
  token: { scope: 'read' },
  summary: 'List the items that a rerun of failed ones is for',
  description: 'The entities that a rerun of failed ones is for, as they were when it was made.',
  query: z.strictObject(pageQuery),
  cursorOf: ({ job_id }) => listOf('items', job_id),
  replies: {
    200: { description: 'A page of items.', schema: schemas.itemsResponse, headers: PAGE_HEADERS },
  },
  refusals: ['job_not_found', 'overloaded'],
  async handle({ params, query, position }, caller) {
    const jobId = params.job_id ?? '';
    const scope = cursorScope(caller.principal.organization, listOf('items', jobId));
    const page = await listItems(caller, jobId, { scope, position, limit: query.limit ?? LIMIT });
    if (!page.ok) return { rejection: page.rejection };
    const { items, revision } = page.value;
    return jsonReply(200, { items, ...behind(page.value) }, revisionHeader(revision));
  },
});

export const LIST_ROUTES: readonly Endpoint[] = [list, ...entryLists, logs, events, items];

/** What the cursors of a job's list belong to: the job has one id, in whatever case it is written. */
function listOf(name: string, jobId = ''): string {
  return `${name}\0${jobId.toLowerCase()}`;
}

function toEvent(jobId: string, { revision, at, body }: EntryText) {
  const { type, ...data } = JSON.parse(body) as { type: string };
  return { id: `${jobId}.${revision}.${type}`, type, at: toTime(at), job_id: jobId, revision, data };
}

/** What a page says of the list around it. */
function behind({ next_cursor, dropped }: JobPage<unknown>) {
  return dropped === 0 ? { next_cursor } : { next_cursor, dropped };
}

function revisionHeader(revision: number | null): Record<string, string> {
  return revision === null ? {} : { 'Job-Revision': String(revision) };
}
