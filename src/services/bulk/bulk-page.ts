import { ok, type Result } from '../../domain/base/result';
import { isBulkType } from '../../domain/job/bulk';
import { isListed } from '../../domain/job/list-filter';
import type { Summary } from '../../domain/job/summary';
import { coreOf, jobObject } from '../../objects/address';
import type { BulkPage, BulkPlace, BulkSpec } from '../../objects/bulk/contract';
import type { ListFilter } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { reachedList } from '../access/reach';
import { askNewer, askObject } from '../ask-object';
import { openCursor } from '../ids/cursor';
import { derivedCore } from '../ids/job-id';
import { rerunIntent } from '../jobs/create-job';
import { listJobs } from '../jobs/lists';
import type { RequestKey } from '../jobs/request-key';
import { cursorScope } from '../page';

/** Where the list begins once a parent and the children that it knows itself have had their turn: no cursor is empty. */
const BEHIND_KNOWN = '';
/** Where those begin. An older build, should one run again, begins the list there. */
const BEHIND_PARENT = 0;
/** Children that are asked for at once. */
const ASKED_AT_ONCE = 25;
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
): Promise<Result<BulkPage>> {
  const { filter, ids } = spec;
  if (filter === null) {
    const from = Number(place.next ?? 0);
    const page = (ids ?? []).slice(from, from + limit);
    return ok({ page, next: from + page.length, last: from + page.length >= (ids ?? []).length });
  }
  const { parent } = spec;
  if (parent !== undefined && place.next === null)
    return ok({ page: [parent], next: BEHIND_PARENT, last: false });
  const known = parent === undefined ? ok([]) : await knownChildren(caller, parent);
  if (!known.ok) return known;
  if (parent !== undefined && place.next === BEHIND_PARENT) {
    const cores = place.known ?? known.value;
    // What the parent knows of its children says no clock.
    const { created_before: _, ...own } = filter;
    const found = await childrenOf(caller, cores.slice(0, limit), own);
    const left = cores.slice(limit);
    const next = left.length > 0 ? BEHIND_PARENT : BEHIND_KNOWN;
    return found.ok ? ok({ page: found.value, next, known: left, last: false }) : found;
  }
  const scope = cursorScope(caller.principal.organization, 'bulk');
  const cursor = typeof place.next === 'string' && place.next !== BEHIND_KNOWN ? place.next : null;
  const position = cursor === null ? null : ((await openCursor(caller.config, scope, cursor)) ?? null);
  if (cursor !== null && position === null) throw new Error('the cursor of a bulk operation can’t be read');
  const found = await listJobs(caller, filter, { scope, position, limit, unseen: true });
  if (!found.ok) return found;
  const { items, next_cursor } = found.value;
  // An index of an older build passes over what it does not know of the filter.
  const kept = await Promise.all(
    items.map(async (job) => {
      // The index may not know yet of what was done to those that had their turn.
      const hadItsTurn = known.value.includes(coreOf(job.job_id));
      return isListed(filter, job) && !hadItsTurn && !(await isItsOwn(caller, spec, job));
    }),
  );
  const page = items.filter((_, index) => kept[index]).map(({ job_id }) => job_id);
  return ok({ page, next: next_cursor, last: next_cursor === null });
}

/** The cores of the newest children that a parent knows of itself; none where it is deleted. */
async function knownChildren(caller: Caller, parent: string): Promise<Result<string[]>> {
  const { env, principal } = caller;
  const object = () => jobObject(env, principal.organization, coreOf(parent));
  return askNewer(() => object().newestChildren(principal.organization), true);
}

/** Of the jobs with these cores those that the filter lets through, as they are themselves, if they are there for the caller. */
async function childrenOf(
  { env, principal }: Caller,
  cores: readonly string[],
  filter: ListFilter,
): Promise<Result<string[]>> {
  const { organization } = principal;
  const wanted = reachedList(principal, filter);
  const ids: string[] = [];
  for (let from = 0; from < cores.length; from += ASKED_AT_ONCE) {
    const asked = cores.slice(from, from + ASKED_AT_ONCE).map((core) => {
      return askObject(() => jobObject(env, organization, core).get(organization, {}), true);
    });
    for (const found of await Promise.all(asked)) {
      if (!found.ok) return found;
      const job = found.value?.summary;
      if (job !== undefined && isListed(wanted, job)) ids.push(job.job_id);
    }
  }
  return ok(ids);
}

/** Whether a job shows a bulk operation, or was made by this one: a clock that is set back does not make it another. */
async function isItsOwn({ principal }: Caller, { job_id: bulk }: BulkSpec, job: Summary): Promise<boolean> {
  if (isBulkType(job.job_type)) return true;
  if (job.rerun_of === null) return false;
  const core = await derivedCore(principal.salt, rerunIntent(job.rerun_of, bulkKey(bulk)));
  return core === coreOf(job.job_id);
}
