import type { AuditTrace } from '../../domain/audit/audit-record';
import { canonicalJson, type Json } from '../../domain/base/json';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import {
  BULK_AT_ONCE,
  BULK_SHARD,
  BULK_TYPES,
  type BulkOperation,
  bulkTypeOf,
  isBulkType,
  refuseBulkBeyond,
  statusesFor,
} from '../../domain/job/bulk';
import { isTerminal, STATUSES } from '../../domain/job/job';
import type { Summary } from '../../domain/job/summary';
import { bulkObject, jobObject } from '../../objects/address';
import type { CreateAnswer, UnitKey } from '../../objects/job/contract';
import type { Counted, ListFilter } from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { refuseType } from '../access/reach';
import { askNewer, askObject } from '../ask-object';
import { derivedCore, mintJobId, randomCore, readJobId } from '../ids/job-id';
import { getJob } from '../jobs/jobs';
import { type RequestKey, unitKey } from '../jobs/request-key';
import { refuseWithoutRoom } from '../room';
import { keptCaller } from './bulk-caller';
import { bulkKey } from './bulk-page';
import { countJobs } from './count-jobs';

/** Jobs that are counted, about: beyond them there are at least so many. */
const COUNTED = 10_000;
/** Jobs that are asked for at once where some are named. */
const ASKED_AT_ONCE = 25;

/** What is asked for: jobs of a filter, or those with these ids. A filter that can match nothing is null. */
export interface BulkAsk {
  operation: BulkOperation;
  filter: ListFilter | null;
  ids: readonly string[] | null;
  reason?: string | null;
  /** The filter is for its children, and it comes before them, on its own key where there is one. */
  parent?: string;
  parent_key?: UnitKey;
  items?: 'all' | 'failed';
  /** The filter as it was sent, which its job shows; null where ids were. */
  sent: Json;
}

export interface BulkStarted {
  created: boolean;
  job: Summary;
}

/** How many jobs it would do something to. */
export async function countBulk(caller: Caller, ask: BulkAsk): Promise<Result<Counted>> {
  const refused = refuseBulk(caller, ask.operation);
  if (refused !== null) return refused;
  const filter = filterOf(ask, Date.now());
  return filter === null ? countNamed(caller, ask) : countJobs(caller, filter, COUNTED);
}

/** Begins it: from here on it goes on by itself. The same key again answers the same job. */
export async function startBulk(
  caller: Caller,
  ask: BulkAsk,
  request: RequestKey | null,
  trace: AuditTrace,
): Promise<Result<BulkStarted>> {
  const { env, config, principal } = caller;
  const { organization, salt } = principal;
  const [type, now] = [bulkTypeOf(ask.operation), Date.now()];
  const refused = refuseBulk(caller, ask.operation) ?? refuseWithoutRoom(env);
  if (refused !== null) return refused;
  const intent = ask.parent === undefined ? type : `${type}\0${ask.parent}`;
  const core = request === null ? randomCore() : await derivedCore(salt, `${intent}\0${request.key}`);
  const { job_id } = await mintJobId(config, organization, BULK_SHARD, core);
  const key = await unitKey(intent, request ?? bulkKey(job_id));
  if (key === null) throw new Error('a bulk operation has no key');
  if (request !== null) {
    const job = () => jobObject(env, organization, core);
    const made = await askObject(() => job().recreate(organization, key, {}), true);
    if (!made.ok || made.value !== null) return made.ok ? toStarted(made.value) : made;
  }
  const full = await refuseMore(caller);
  if (full !== null) return full;
  const filter = filterOf(ask, now);
  const ids = filter === null ? [...new Set((ask.ids ?? []).map((id) => id.toLowerCase()))] : null;
  const counted = filter === null ? null : await countJobs(caller, filter, COUNTED);
  if (counted?.ok === false) return counted;
  const { parent, parent_key, reason = null, items = 'all', sent, operation } = ask;
  const family = parent === undefined ? {} : { parent, ...(parent_key && { parent_key }) };
  const total = (counted?.value.count ?? ids?.length ?? 0) + (parent === undefined ? 0 : 1);
  const which = sent === null ? { job_ids: ids?.length ?? 0 } : { filter: sent };
  const shown = canonicalJson({ operation, ...which });
  const by = keptCaller(caller);
  const spec = { job_id, operation, by, trace, filter, ids, ...family, total, reason, items, shown, key };
  const answer = await askNewer(() => bulkObject(env, organization, core).start(organization, spec), true);
  return answer.ok ? toStarted(answer.value) : answer;
}

/** Why a key for jobs of some types can't begin one: it could not see the job that shows it. Null where it can. */
function refuseBulk({ principal }: Caller, operation: BulkOperation) {
  const type = bulkTypeOf(operation);
  if (refuseType(principal, type) === null) return null;
  return refuse(
    'permission_denied',
    `The job that shows this is of the type ${type}, and this key is for jobs of other types alone: it may with ${type} among its job_types.`,
  );
}

function toStarted(answer: CreateAnswer | null): Result<BulkStarted> {
  if (answer === null || answer.outcome === 'taken')
    throw new Error('a bulk operation answered without its job');
  if (answer.outcome === 'refused') return { ok: false, rejection: answer.rejection };
  return ok({ created: answer.outcome === 'created', job: answer.view.summary });
}

/** The filter as it holds from its beginning on, of jobs alone that the operation can do something to; null where ids are named. */
function filterOf({ filter, operation, parent }: BulkAsk, now: number): ListFilter | null {
  if (filter === null) return null;
  const { status, created_before = Number.POSITIVE_INFINITY } = filter;
  // Whoever cancels a family means a child of the same millisecond too.
  const until = parent === undefined ? now : now + 1;
  return {
    ...filter,
    status: statusesFor(operation, status),
    created_before: Math.min(created_before, until),
  };
}

/** Of the jobs that are named, those that it can do something to now: each is asked. */
async function countNamed(caller: Caller, { ids, operation }: BulkAsk): Promise<Result<Counted>> {
  const { config, principal } = caller;
  const refs = await Promise.all((ids ?? []).map((id) => readJobId(config, principal.organization, id)));
  const left = [...new Set(refs.flatMap((ref) => ref?.job_id ?? []))];
  let [count, refused] = [0, null as Result<never> | null];
  const work = async () => {
    for (let id = left.shift(); id !== undefined && refused === null; id = left.shift()) {
      const found = await getJob(caller, id, {});
      if (found.ok) {
        const { status, job_type } = found.value.summary;
        if (!isBulkType(job_type) && statusesFor(operation, [status]).length > 0) count += 1;
      } else if (found.rejection.code !== 'job_not_found') refused = found;
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work));
  return refused ?? ok({ count, whole: true });
}

/** Counts those of older builds too, which any shard may list; that no more come at once, their own shard sees to. */
async function refuseMore(caller: Caller): Promise<{ ok: false; rejection: Rejection } | null> {
  const status = STATUSES.filter((one) => !isTerminal(one));
  const alive: ListFilter = { job_types: BULK_TYPES, status };
  const all = { ...caller, principal: { ...caller.principal, job_types: null, tag: null } };
  const counted = await countJobs(all, alive, BULK_AT_ONCE * shardsOf(caller).length, true);
  if (!counted.ok) return counted;
  const rejection = refuseBulkBeyond(counted.value.count);
  return rejection && { ok: false, rejection };
}
