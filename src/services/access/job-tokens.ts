import type { Config, Env } from '../../config';
import type { TokenScope } from '../../domain/access/token';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import { type JobToken, mintJobToken } from '../ids/token-text';
import { withJob } from '../jobs/jobs';
import { noSuchJob } from '../jobs/no-such-job';
import { authenticateToken } from './authenticate-token';
import type { Caller } from './caller';
import { isShut } from './home';

/** Makes a token for one job: true as long as it lasts, the key or hook that made it stands and the job's tokens are not revoked. */
export async function createToken(
  caller: Caller,
  jobId: string,
  scope: TokenScope,
  seconds: number,
  allowGet: boolean,
  now: number,
): Promise<Result<{ token: string; said: JobToken }>> {
  if (caller.principal.actor.kind === 'member')
    return refuse('permission_denied', 'A token stands as long as the key that made it: make it with a key.');
  const answer = await withJob(caller, jobId, true, async (job, organization, { job_id }) => {
    return { job_id, generation: await job.tokenGeneration(organization) };
  });
  if (!answer.ok) return answer;
  const { job_id, generation } = answer.value;
  if (generation === null) return noSuchJob();
  const { organization, actor } = caller.principal;
  const expires_at = Math.ceil(now / 1_000) + seconds;
  const said: JobToken = {
    organization,
    job_id,
    scope,
    maker: { kind: actor.kind === 'hook' ? 'hook' : 'key', id: actor.id },
    expires_at,
    generation,
    allow_get: allowGet,
  };
  return ok({ token: await mintJobToken(caller.config, said), said });
}

/** Revokes all tokens of a job, at once. */
export async function revokeTokens(caller: Caller, jobId: string): Promise<Result<null>> {
  const revoked = await withJob(caller, jobId, true, (job, organization) => job.revokeTokens(organization));
  if (!revoked.ok) return revoked;
  return revoked.value ? ok(null) : noSuchJob();
}

/**
 * Whether a token still stands at `now` (ms): not expired, its maker and the job's tokens not revoked; of the key an
 * answer as old as `believed` (ms) will do. Where that can't be told now, it stands until it can; the refusal where its
 * organization is suspended.
 */
export async function tokenStands(
  env: Env,
  config: Config,
  text: string,
  now: number,
  believed: number,
): Promise<boolean | Rejection> {
  const bearer = await authenticateToken(env, config, text, now, believed);
  if (!bearer.ok) return isShut(bearer.rejection) ? bearer.rejection : true;
  if (bearer.value === null) return false;
  const { token, principal } = bearer.value;
  const caller = { env, config, principal, renew: async () => true };
  const generation = await withJob(caller, token.job_id, true, (job, organization) =>
    job.tokenGeneration(organization),
  );
  if (!generation.ok) return generation.rejection.code === 'overloaded';
  // That the job is gone is the job's to say, to whoever asks for it.
  return generation.value === null || generation.value === token.generation;
}
