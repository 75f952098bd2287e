import type * as z from 'zod';
import type { Permission } from '../../../domain/access/permission';
import { isObject, type Json } from '../../../domain/base/json';
import { type BulkOperation, bulkTypeOf } from '../../../domain/job/bulk';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { countBulk, startBulk } from '../../../services/bulk/start-bulk';
import { REPLAYED } from '../../answer-unit';
import { type GivenFilter, toListFilter } from '../jobs/list-filter';
import { bulkCancelSchema, bulkCount, bulkDeleteSchema, bulkHandle, bulkRerunSchema } from './schemas';

interface Named {
  filter?: GivenFilter | undefined;
  job_ids?: string[] | undefined;
  dry_run?: boolean | undefined;
  reason?: string | undefined;
  items?: 'all' | 'failed' | undefined;
}

const HOW =
  'Takes in jobs by a filter, as the index shows them and made before this moment, of those alone that it can do something to; or by up to 1,000 ids. ' +
  'A job of its own shows how far it is: its counters, its errors one for each job that nothing could be done to (`entity_key` is the id, `error_type` the code). ' +
  'Cancelled, it stops within 50 jobs. It goes on whatever becomes of the credential that began it, and never touches bulk operations or what it made itself. ';

/** What each is called, and what the same act on one job takes. */
const OPERATIONS = [
  ['cancel', 'job:cancel', bulkCancelSchema, 'Cancel Jobs', 'Pending and running jobs.'],
  ['rerun', 'job:create', bulkRerunSchema, 'Rerun Jobs', 'Ended jobs, each once.'],
  ['delete', 'job:cancel', bulkDeleteSchema, 'Delete Jobs', 'Ended jobs.'],
] as const;

export const BULK_ROUTES: readonly Endpoint[] = OPERATIONS.map(([operation, access, schema, summary, whom]) =>
  bulkEndpoint(operation, access, schema, summary, whom),
);

function bulkEndpoint(
  operation: BulkOperation,
  access: Permission,
  schema: z.ZodType<Named>,
  summary: string,
  whom: string,
): Endpoint {
  const type = bulkTypeOf(operation);
  return tenantEndpoint(access, {
    method: 'POST',
    path: `/api/jobs/bulk/${operation}`,
    id: `${operation}Jobs`,
    summary,
    description: HOW + whom,
    also: 'job:read',
    body: { schema, maxBytes: BODY_LIMIT },
    keyed: true,
    replies: {
      202: { description: 'It is under way.', schema: bulkHandle, headers: { Location: 'Its job’s path.' } },
      200: { description: 'How many jobs it would take in: a dry run.', schema: bulkCount },
    },
    refusals: ['quota_exceeded', 'overloaded', 'unavailable'],
    audit: { action: `job.${type}`, target: 'job' },
    async handle({ body, json, request, trace }, caller) {
      const { filter, job_ids, dry_run = false, reason, items } = body;
      const listed = filter === undefined ? null : toListFilter(filter);
      const ask = {
        operation,
        filter: listed,
        ids: listed === null ? (job_ids ?? []) : null,
        ...(reason === undefined ? {} : { reason }),
        ...(items === undefined ? {} : { items }),
        sent: filterIn(json),
      };
      if (dry_run) {
        const counted = await countBulk(caller, ask);
        if (!counted.ok) return { rejection: counted.rejection };
        const { count, whole } = counted.value;
        return jsonReply(200, { count, at_least: !whole });
      }
      const started = await startBulk(caller, ask, request, trace);
      if (!started.ok) return { rejection: started.rejection };
      const { job, created } = started.value;
      const path = `/api/jobs/${job.job_id}`;
      const links = {
        job: path,
        stream: `${path}/stream`,
        errors: `${path}/errors`,
        cancel: `${path}/cancel`,
      };
      const { job_id, job_type, total_items } = job;
      const headers = { Location: path, ...(created ? {} : REPLAYED) };
      return jsonReply(202, { job_id, job_type, total_items, links }, headers);
    },
  });
}

function filterIn(json: Json): Json {
  return isObject(json) ? (json.filter ?? null) : null;
}
