import { ok, type Result } from '../../domain/base/result';
import { isBulkType } from '../../domain/job/bulk';
import { isListed } from '../../domain/job/list-filter';
import type { Summary } from '../../domain/job/summary';
import { coreOf } from '../../objects/address';
import type { BulkPlace, BulkSpec } from '../../objects/bulk/contract';
import type { Caller } from '../access/caller';
import { openCursor } from '../ids/cursor';
import { derivedCore } from '../ids/job-id';
import { rerunIntent } from '../jobs/create-job';
import { cursorScope, listJobs } from '../jobs/lists';
import type { RequestKey } from '../jobs/request-key';

/** Where the list begins once a parent has had its turn: no cursor is empty. */
const BEHIND_PARENT = '';
const NO_BODY = new Uint8Array();

/** The key under which a bulk operation does what it does to each job: no header can hold the like. */
export function bulkKey(jobId: string): RequestKey {
  return { key: `\0bulk\0${jobId}`, raw: NO_BODY, json: {} };
}

/** The jobs whose turn is next: those of a filter as the index shows them now, or of the ids that were named. */
export async function bulkPage(
  caller: Caller,
  spec: BulkSpec,
  place: BulkPlace,
  limit: number,
): Promise<Result<Pick<BulkPlace, 'page' | 'next' | 'last'>>> {
  const { filter, ids } = spec;
  if (filter === null) {
    const from = Number(place.next ?? 0);
    const page = (ids ?? []).slice(from, from + limit);
    return ok({ page, next: from + page.length, last: from + page.length >= (ids ?? []).length });
  }
  const { parent } = spec;
  if (parent !== undefined && place.next === null)
    return ok({ page: [parent], next: BEHIND_PARENT, last: false });
  const scope = cursorScope(caller.principal.organization, 'bulk');
  const cursor = typeof place.next === 'string' && place.next !== BEHIND_PARENT ? place.next : null;
  const position = cursor === null ? null : ((await openCursor(caller.config, scope, cursor)) ?? null);
  if (cursor !== null && position === null) throw new Error('the cursor of a bulk operation can’t be read');
  const found = await listJobs(caller, filter, { scope, position, limit });
  if (!found.ok) return found;
  const { items, next_cursor } = found.value;
  // An index of an older build passes over what it does not know of the filter.
  const kept = await Promise.all(
    items.map(async (job) => isListed(filter, job) && !(await isItsOwn(caller, spec, job))),
  );
  const page = items.filter((_, index) => kept[index]).map(({ job_id }) => job_id);
  return ok({ page, next: next_cursor, last: next_cursor === null });
}

/** Whether a job shows a bulk operation, or was made by this one: a clock that is set back does not make it another. */
async function isItsOwn({ principal }: Caller, { job_id: bulk }: BulkSpec, job: Summary): Promise<boolean> {
  if (isBulkType(job.job_type)) return true;
  if (job.rerun_of === null) return false;
  const core = await derivedCore(principal.salt, rerunIntent(job.rerun_of, bulkKey(bulk)));
  return core === coreOf(job.job_id);
}
