import type { AuditTrace } from '../../domain/audit/audit-record';
import { type Sendable, toSendable } from '../../domain/base/exact';
import { ok, type Result, refuse } from '../../domain/base/result';
import { isBulkType } from '../../domain/job/bulk';
import type { CreateInput } from '../../domain/job/command';
import type { Entity } from '../../domain/job/issue';
import { type JobSeed, seedFrom } from '../../domain/job/new-job';
import { jobObject, shardOf } from '../../objects/address';
import type { CreateAnswer, JobView, UnitKey, Want } from '../../objects/job/contract';
import type { Caller } from '../access/caller';
import { shardFor } from '../access/own-shards';
import { reachJob, refuseType } from '../access/reach';
import { askObject } from '../ask-object';
import { derivedCore, type JobRef, mintJobId, randomCore } from '../ids/job-id';
import { refuseWithoutRoom } from '../room';
import { adopt, adoptRerun, disown, findParent } from './adoption';
import { noteRefusal, refusedBy } from './closed-shards';
import { creationTerms } from './creation-terms';
import { noSuchJob } from './no-such-job';
import { type RequestKey, unitKey } from './request-key';
import { snapshotsOf } from './snapshot-cache';

export interface Created {
  /** False for the replay of a keyed request. */
  created: boolean;
  view: JobView;
}

/** Creates a job; the same key and body again answers the same job as it is now. */
export async function createJob(
  caller: Caller,
  input: CreateInput,
  request: RequestKey | null,
  want: Want,
): Promise<Result<Created>> {
  const seed = seedFrom(input);
  if ('code' in seed) return { ok: false, rejection: seed };
  const key = await unitKey('create', request);
  return make(caller, toSendable(seed), [], request && `create\0${request.key}`, key, want);
}

/** Creates a job that does an ended one again, or the failed entities of it. */
export async function rerunJob(
  caller: Caller,
  jobId: string,
  which: 'all' | 'failed',
  request: RequestKey | null,
  want: Want,
  trace: AuditTrace,
): Promise<Result<Created>> {
  const { env, principal } = caller;
  const reached = await reachJob(caller, jobId);
  if (!reached.ok) return reached;
  const ref = reached.value;
  const answer = await askObject(
    () => jobObject(env, principal.organization, ref.core).rerun(principal.organization, which),
    true,
  );
  if (!answer.ok) return answer;
  if (answer.value === null) return noSuchJob();
  const key = await unitKey(`rerun\0${ref.job_id}`, request);
  const intent = request && rerunIntent(ref.job_id, request);
  if (answer.value.outcome === 'seed' && isBulkType(answer.value.seed.job_type))
    return refuse('validation_failed', 'A bulk operation is not run again: begin another.');
  if (answer.value.outcome === 'seed') {
    const { seed: plain, items, exact } = answer.value;
    return make(caller, exact === undefined ? { plain } : { plain, exact }, items, intent, key, want, trace);
  }
  return (await replayed(caller, intent, key, want)) ?? { ok: false, rejection: answer.value.rejection };
}

/** What a key created before, for a request that would be refused now; null where it created nothing. */
async function replayed(
  caller: Caller,
  intent: string | null,
  key: UnitKey | null,
  want: Want,
): Promise<Result<Created> | null> {
  if (intent === null || key === null) return null;
  const { env, principal } = caller;
  const { organization, salt } = principal;
  const core = await derivedCore(salt, intent);
  const asked = Date.now();
  const answer = await askObject(
    () => jobObject(env, organization, core).recreate(organization, key, want),
    true,
  );
  if (!answer.ok) return answer;
  if (answer.value === null || answer.value.outcome === 'taken') return null;
  return toCreated(caller, answer.value, asked);
}

/** An id of the job that `key` creates in the caller's organization: it reaches the job whatever id the job was given. */
export async function keyedJobId(caller: Caller, key: string): Promise<string> {
  return idOfCore(caller, await derivedCore(caller.principal.salt, `create\0${key}`), Date.now());
}

/** Ids made at random collide never, but then another is made; an id derived from a key finds its own job. */
async function make(
  caller: Caller,
  { plain: seed, ...exact }: Sendable<JobSeed>,
  items: Entity[],
  intent: string | null,
  key: UnitKey | null,
  want: Want,
  trace?: AuditTrace,
): Promise<Result<Created>> {
  const { env, config, principal } = caller;
  const { organization, salt } = principal;
  const refused = refuseType(principal, seed.job_type) ?? refuseWithoutRoom(env);
  if (refused !== null) return refused;
  const found = await parentOf(caller, seed);
  if (!found.ok) return (await replayed(caller, intent, key, want)) ?? found;
  const parent = found.value;
  const parent_job_id = parent?.job_id ?? seed.parent_job_id;
  for (;;) {
    const asked = Date.now();
    const core = intent === null ? randomCore() : await derivedCore(salt, intent);
    const shard = shardOfNew(caller, seed, core, asked);
    const terms = creationTerms(caller, shard, asked);
    const rejection = refusedBy(organization, shard, terms, asked);
    if (rejection !== null) {
      return (await replayed(caller, intent, key, want)) ?? { ok: false, rejection };
    }
    if (parent_job_id) {
      const adopted = () =>
        parent === null ? adoptRerun(caller, parent_job_id, core) : adopt(caller, parent, core);
      const answered = (await replayed(caller, intent, key, want)) ?? (await adopted());
      if (answered !== null) return answered;
    }
    const { job_id } = await mintJobId(config, organization, shard, core);
    const own = { terms, ...(trace === undefined ? {} : { trace }) };
    const ask = { job_id, seed: { ...seed, parent_job_id }, ...exact, items, key, want, ...own };
    const answer = await askObject<CreateAnswer>(
      () => jobObject(env, organization, core).create(organization, ask),
      key !== null,
    );
    if (!answer.ok) return answer;
    if (parent !== null && answer.value.outcome === 'refused') await disown(caller, parent, core);
    if (answer.value.outcome === 'refused')
      noteRefusal(organization, shard, terms, answer.value.rejection, Date.now());
    if (answer.value.outcome !== 'taken') return toCreated(caller, answer.value, asked);
  }
}

/** Whose child a new job is to be; null where it is none, or a rerun, which is one of its original's parent as that is. */
async function parentOf(caller: Caller, { parent_job_id, lineage }: JobSeed): Promise<Result<JobRef | null>> {
  if (!parent_job_id || lineage !== null) return ok(null);
  return findParent(caller, parent_job_id);
}

/** All jobs of a child's chain of reruns stand in one shard, which knows which is the newest. */
function shardOfNew(caller: Caller, { parent_job_id, lineage }: JobSeed, core: string, now: number): number {
  return parent_job_id && lineage !== null ? shardOf(lineage.rerun_of) : shardFor(caller, core, now);
}

/** What the core of a rerun under a key is derived from. */
export function rerunIntent(jobId: string, { key }: Pick<RequestKey, 'key'>): string {
  return `rerun\0${jobId}\0${key}`;
}

/** The id that a job with `core` has where it is made at `now` (ms). */
async function idOfCore(caller: Caller, core: string, now: number): Promise<string> {
  const shard = shardFor(caller, core, now);
  return (await mintJobId(caller.config, caller.principal.organization, shard, core)).job_id;
}

/** A replay shows a job as it is now: what is known of it here may be older. */
function toCreated(
  { config, principal }: Caller,
  answer: Exclude<CreateAnswer, { outcome: 'taken' }>,
  asked: number,
): Result<Created> {
  if (answer.outcome === 'refused') return { ok: false, rejection: answer.rejection };
  snapshotsOf(config).changed(principal.organization, answer.view, asked);
  return ok({ created: answer.outcome === 'created', view: answer.view });
}
