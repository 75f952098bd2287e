import { env } from 'cloudflare:workers';
import { configOf } from '../../src/config';
import { hookObject } from '../../src/objects/address';
import type { JobDO } from '../../src/objects/job/job-do';
import type { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import type { WebhookDO } from '../../src/objects/webhook/webhook-do';
import { readJobId } from '../../src/services/ids/job-id';

/** The object of a job, addressed as the service does. */
export async function jobStub(organization: string, jobId: string): Promise<DurableObjectStub<JobDO>> {
  const ref = await readJobId(configOf(env), organization, jobId);
  if (ref === null) throw new Error('not a job id of this organization');
  return env.JOB.getByName(`${organization}/${ref.core}`);
}

export function indexStub(organization: string, shard = 0): DurableObjectStub<OrgIndexDO> {
  return env.ORG_INDEX.getByName(`${organization}/${shard}`);
}

export function webhookStub(organization: string, webhookId: string): DurableObjectStub<WebhookDO> {
  return env.WEBHOOK.getByName(`${organization}/${webhookId}`);
}

export function hookStub(organization: string, hookId: string) {
  return env.HOOK.getByName(`${organization}/${hookId.slice(1, 17)}`);
}

/** A hook's object as a caller sees it. */
export function hookOf(organization: string, hookId: string) {
  return hookObject(env, organization, hookId.slice(1, 17));
}
