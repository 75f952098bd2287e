import type { Env } from '../../config';
import { ok, type Result } from '../../domain/base/result';
import type { Counts } from '../../domain/job/stats';
import { indexObject, orgObject, webhookObject } from '../../objects/address';
import type { ShardPulse } from '../../objects/org-index/contract';
import type { EndpointPulse } from '../../objects/webhook/contract';
import type { Caller } from '../access/caller';
import { callerIn } from '../access/caller-in';
import { shardsOf } from '../access/own-shards';
import { askNewer } from '../ask-object';
import { jobStats } from '../jobs/job-stats';
import { type Usage, usageOf } from '../organizations/usage';

/** Endpoints of an organization that are asked. */
const ENDPOINTS = 100;

/** What an organization's objects tell of it. */
export interface OrganizationMetrics {
  organization: string;
  usage: Record<string, Usage>;
  /** Its jobs by type, null for the types that share their numbers; none while they are being counted. */
  jobs: { job_type: string | null; counts: Counts }[];
  shards: (ShardPulse & { shard: number })[];
  /** Enabled ones, and of those the ones that were asked and have begun. */
  endpoints: number;
  asked: EndpointPulse[];
}

/** A caller in an organization for the operator, who asks how it is; null where there is none. */
export function operatorIn(env: Env, organization: string): Promise<Result<Caller | null>> {
  return callerIn(env, organization, { actor: { kind: 'key', id: 'operator' }, permissions: [] });
}

export async function metricsOf(caller: Caller): Promise<Result<OrganizationMetrics>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const found = await askNewer(async () => {
    const ids = await orgObject(env, organization).enabledWebhooks();
    const [shards, pulses] = await Promise.all([
      Promise.all(
        shardsOf(caller).map(async (shard) => {
          return { shard, ...(await indexObject(env, organization, shard).pulse()) };
        }),
      ),
      Promise.all(ids.slice(0, ENDPOINTS).map((id) => webhookObject(env, organization, id).pulse())),
    ]);
    return { shards, endpoints: ids.length, asked: pulses.filter((pulse) => pulse !== null) };
  }, true);
  if (!found.ok) return found;
  const [usage, jobs] = await Promise.all([usageOf(caller), jobsOf(caller)]);
  if (!usage.ok) return usage;
  return jobs.ok ? ok({ organization, usage: usage.value, jobs: jobs.value, ...found.value }) : jobs;
}

/** The jobs that the caller’s key is for. */
async function jobsOf(caller: Caller): Promise<Result<OrganizationMetrics['jobs']>> {
  const stats = await jobStats(caller, { without_ends: true }, Date.now());
  if (!stats.ok) return stats;
  const { complete, types, shared } = stats.value;
  return ok(complete ? [...types, { job_type: null, counts: shared.counts }] : []);
}
