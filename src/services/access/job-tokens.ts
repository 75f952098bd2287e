import type { TokenScope } from '../../domain/access/token';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditRecord, AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result, refuse } from '../../domain/base/result';
import { orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { type JobToken, mintJobToken } from '../ids/token-text';
import { withJob } from '../jobs/jobs';
import { noSuchJob } from '../jobs/no-such-job';
import type { Caller } from './caller';

/** What a token for a job is to be. */
export interface TokenAsk {
  scope: TokenScope;
  /** How long it lasts. */
  seconds: number;
  allowGet: boolean;
}

/**
 * Makes a token for one job: true as long as it lasts, the key or hook that made it stands and the job's tokens are not
 * revoked. It is given out once the record of it is kept; one that a hook hands out with its job has none.
 */
export async function createToken(
  caller: Caller,
  jobId: string,
  { scope, seconds, allowGet }: TokenAsk,
  now: number,
  trace?: AuditTrace,
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
  const recorded = trace === undefined ? ok(undefined) : await recordToken(caller, said, now, trace);
  if (!recorded.ok && recorded.rejection.code !== 'unavailable') return recorded;
  return ok({ token: await mintJobToken(caller.config, said), said });
}

/** Nothing is stored of a token but this. An object of an older build keeps no records. */
function recordToken(
  { env, principal: { organization } }: Caller,
  { job_id, scope, expires_at, allow_get }: JobToken,
  now: number,
  trace: AuditTrace,
): Promise<Result<void>> {
  const said = { scope, expires_at: new Date(expires_at * 1_000).toISOString(), allow_get };
  const record: AuditRecord = {
    at: now,
    ...trace,
    action: 'token.create',
    target: { type: 'token', id: job_id },
    outcome: 'done',
    changes: auditChanges<typeof said>({}, said, ['scope', 'expires_at', 'allow_get']),
  };
  return askNewer(() => orgObject(env, organization).takeAudit([JSON.stringify(record)]), true);
}

/** Revokes all tokens of a job, at once. */
export async function revokeTokens(caller: Caller, jobId: string, trace: AuditTrace): Promise<Result<null>> {
  const revoked = await withJob(caller, jobId, true, (job, organization) =>
    job.revokeTokens(organization, trace),
  );
  if (!revoked.ok) return revoked;
  return revoked.value ? ok(null) : noSuchJob();
}

/**
 * Whether the tokens of a caller's job were not revoked since its own was made; false too where the job is none for its key
 * any more. Where that can't be told now, they stand until it can.
 */
export async function jobTokensStand(caller: Caller): Promise<boolean> {
  const { env, config, principal, token } = caller;
  if (token === undefined) return true;
  // Asked as by its key: else a job that is gone and a token that was revoked would be one answer.
  const holder = { env, config, principal, renew: async () => true };
  const generation = await withJob(holder, token.job_id, true, (job, organization) =>
    job.tokenGeneration(organization),
  );
  if (!generation.ok) return generation.rejection.code === 'overloaded';
  // That the job is gone is the job's to say, to whoever asks for it.
  return generation.value === null || generation.value === token.generation;
}
