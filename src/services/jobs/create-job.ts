import type { Config } from '../../config';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { type Sendable, toSendable } from '../../domain/base/exact';
import { ok, type Result } from '../../domain/base/result';
import type { CreateInput } from '../../domain/job/command';
import type { Entity } from '../../domain/job/issue';
import { type JobSeed, seedFrom } from '../../domain/job/new-job';
import { jobObject } from '../../objects/address';
import type { CreateAnswer, JobView, UnitKey, Want } from '../../objects/job/contract';
import type { Caller } from '../access/caller';
import { reachJob, refuseType } from '../access/reach';
import { askObject } from '../ask-object';
import { derivedCore, mintJobId, randomCore } from '../ids/job-id';
import { refuseWithoutRoom } from '../room';
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
  const intent = request && `rerun\0${ref.job_id}\0${request.key}`;
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
export async function keyedJobId({ config, principal }: Caller, key: string): Promise<string> {
  return idOf(config, principal.organization, await derivedCore(principal.salt, `create\0${key}`));
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
  for (;;) {
    const asked = Date.now();
    const core = intent === null ? randomCore() : await derivedCore(salt, intent);
    const shard = shardOf(config, core);
    const rejection = refusedBy(organization, shard, asked);
    if (rejection !== null) {
      return (await replayed(caller, intent, key, want)) ?? { ok: false, rejection };
    }
    const job_id = await idOf(config, organization, core);
    const own = { terms: creationTerms(caller), ...(trace === undefined ? {} : { trace }) };
    const ask = { job_id, seed, ...exact, items, key, want, ...own };
    const answer = await askObject<CreateAnswer>(
      () => jobObject(env, organization, core).create(organization, ask),
      key !== null,
    );
    if (!answer.ok) return answer;
    if (answer.value.outcome === 'refused')
      noteRefusal(organization, shard, answer.value.rejection, Date.now());
    if (answer.value.outcome !== 'taken') return toCreated(caller, answer.value, asked);
  }
}

async function idOf(config: Config, organization: string, core: string): Promise<string> {
  return (await mintJobId(config, organization, shardOf(config, core), core)).job_id;
}

function shardOf({ shards }: Config, core: string): number {
  return Number.parseInt(core.slice(-4), 16) % shards;
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
