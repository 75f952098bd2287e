import type { Result } from '../../domain/base/result';
import { jobObject } from '../../objects/address';
import { unauthenticated } from '../access/authenticate';
import type { Caller } from '../access/caller';
import { askObject } from '../ask-object';
import { noSuchJob } from './no-such-job';

/**
 * What a caller is answered whose call a job's object knew no job for: 404, as for every job that is not there. For one
 * that came by a token the object says no more where that was revoked, so it is asked once more: a job that is there
 * after all makes it a 401.
 */
export async function unknownJob(
  { env, principal: { organization }, token }: Caller,
  core: string,
): Promise<Result<never>> {
  if (token === undefined) return noSuchJob();
  const there = await askObject(() => jobObject(env, organization, core).tokenGeneration(organization), true);
  if (!there.ok) return there;
  return there.value === null ? noSuchJob() : { ok: false, rejection: unauthenticated() };
}
