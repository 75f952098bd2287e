import {
  coreOf,
  hookCoreOf,
  hookObject,
  indexObject,
  jobObject,
  type Namespaces,
  orgObject,
  webhookObject,
} from '../address';
import type { DeletionPort } from './advance-deletion';

/** The objects of an organization, as its deletion asks them. */
export function deletionPort(env: Namespaces, organization: string): DeletionPort {
  const org = () => orgObject(env, organization);
  return {
    shards: () => org().shardCount(),
    close: () => org().close(),
    webhooks: async () => (await org().webhooks()).map(({ webhook_id }) => webhook_id),
    async removeWebhook(webhookId) {
      await webhookObject(env, organization, webhookId).erase();
      await org().removeWebhook(webhookId);
    },
    hooks: () => org().hookIds(),
    async removeHook(hookId) {
      await hookObject(env, organization, hookCoreOf(hookId)).remove(organization);
      await org().removeHook(hookId);
    },
    jobs: (shard, limit) => indexObject(env, organization, shard).heldJobs(limit),
    eraseJob: (jobId) => jobObject(env, organization, coreOf(jobId)).erase(organization),
    forgetJobs: (shard, jobs) => indexObject(env, organization, shard).forgetJobs(jobs),
    eraseShard: (shard) => indexObject(env, organization, shard).erase(),
    eraseOrganization: () => org().erase(),
  };
}
