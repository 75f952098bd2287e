import * as z from 'zod';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam, limitParam } from '../../../http/params';
import { listChildren } from '../../../services/jobs/children';
import { cursorScope } from '../../../services/page';
import { toListed } from './mapper';
import { childrenResponse } from './schemas';

const LIMIT = 50;

const children = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/:job_id/children',
  id: 'listChildren',
  summary: 'List a job’s children, newest first, and what they come to',
  description:
    'The jobs made with this one as their `parent_job_id`, reruns of theirs among them. In `rollup` of each chain of reruns the newest counts: ' +
    'it weighs as many items as it has, one at the least, and one that has ended counts as done. It is the index’s: as late as a list, and exact once nothing is under way.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: ({ job_id }) => listOf(job_id),
  token: { scope: 'read', lists: true },
  replies: { 200: { description: 'A page of children without their content.', schema: childrenResponse } },
  refusals: ['job_not_found', 'overloaded', 'unavailable'],
  async handle({ params, query, position }, caller) {
    const jobId = params.job_id ?? '';
    const scope = cursorScope(caller.principal.organization, listOf(jobId));
    const page = await listChildren(caller, jobId, { scope, position, limit: query.limit ?? LIMIT });
    if (!page.ok) return { rejection: page.rejection };
    const { items, rollup, next_cursor } = page.value;
    return jsonReply(200, { jobs: items.map(toListed), rollup, next_cursor });
  },
});

export const CHILDREN_ROUTES: readonly Endpoint[] = [children];

/** What its cursors belong to: the job has one id, in whatever case it is written. */
function listOf(jobId = ''): string {
  return `children\0${jobId.toLowerCase()}`;
}
