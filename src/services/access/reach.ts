import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import type { FeedFilter } from '../../domain/feed/feed';
import { jobObject } from '../../objects/address';
import { askObject } from '../ask-object';
import { type JobRef, readJobId } from '../ids/job-id';
import { Lru } from '../jobs/lru';
import { noSuchJob } from '../jobs/no-such-job';
import type { Caller, Principal } from './caller';

/** What of a caller says which jobs there are for it. */
type Reaching = Pick<Principal, 'job_types'>;

/** How long the type of a job is believed (ms). It never changes; the id of a deleted job may come again with another. */
const TYPE_LIFE = 10_000;
const types = new Lru<{ job_type: string; at: number }>(10_000, 2_000_000);

/**
 * The job that an id names for a caller: one that was made for its organization and that its key or token reaches. Every
 * id that a caller names comes through here before any object is asked for more than the job's type.
 */
export async function reachJob(caller: Caller, jobId: string): Promise<Result<JobRef>> {
  const { config, principal, token } = caller;
  const ref = await readJobId(config, principal.organization, jobId);
  if (ref === null) return noSuchJob();
  if (token !== undefined && token.job_id !== ref.job_id) return noSuchJob();
  if (!principal.job_types) return ok(ref);
  const type = await typeOf(caller, ref);
  if (!type.ok) return type;
  return type.value !== null && reachesType(principal, type.value) ? ok(ref) : noSuchJob();
}

/** Whether there are jobs of a type for a caller. */
export function reachesType({ job_types }: Reaching, jobType: string): boolean {
  return !job_types || job_types.includes(jobType);
}

/** What a caller asks of the feed, as far as it reaches: events of jobs of its types alone, where it is for some. */
export function reachedFeed<Ask extends FeedFilter>({ job_types }: Reaching, ask: Ask): Ask {
  if (!job_types) return ask;
  const wanted = ask.job_types ?? job_types;
  return { ...ask, job_types: wanted.filter((type) => job_types.includes(type)) };
}

/** Why a caller can't make a job of a type; null where it can. */
export function refuseType(reaching: Reaching, jobType: string): { ok: false; rejection: Rejection } | null {
  if (reachesType(reaching, jobType)) return null;
  const named = (reaching.job_types ?? []).join(', ');
  return refuse('permission_denied', `This key is for jobs of these types alone: ${named}.`);
}

/** The type of a job; null where there is none. */
async function typeOf({ env, principal }: Caller, { core }: JobRef): Promise<Result<string | null>> {
  const { organization } = principal;
  const name = `${organization}/${core}`;
  const now = Date.now();
  const known = types.get(name);
  if (known !== undefined && now >= known.at && now - known.at < TYPE_LIFE) return ok(known.job_type);
  const view = await askObject(() => jobObject(env, organization, core).get(organization, {}), true);
  if (!view.ok) return view;
  if (view.value === null) return ok(null);
  const { job_type } = view.value.summary;
  types.set(name, { job_type, at: now }, name.length + job_type.length);
  return ok(job_type);
}
