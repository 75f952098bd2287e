import { type DeletionStep, STRAGGLERS } from '../../domain/access/standing';
import type { HeldJob } from '../org-index/contract';
import type { DeletionPage, DeletionPlace } from './contract';

/** What the deletion of an organization asks of its objects. All of it may be asked again. */
export interface DeletionPort {
  /** From here on the organization is none. */
  close(): Promise<void>;
  /** Ids of the endpoints that there are, all of them. */
  webhooks(): Promise<string[]>;
  removeWebhook(webhookId: string): Promise<void>;
  /** The same of hooks. */
  hooks(): Promise<string[]>;
  removeHook(hookId: string): Promise<void>;
  /** Jobs that a shard knows of, at most `limit`. */
  jobs(shard: number, limit: number): Promise<HeldJob[]>;
  eraseJob(jobId: string): Promise<void>;
  forgetJobs(shard: number, jobs: HeldJob[]): Promise<void>;
  eraseShard(shard: number): Promise<void>;
  eraseOrganization(): Promise<void>;
  /** How many shards there are. */
  shards(): Promise<number>;
}

/** Objects that are deleted at once. */
export const DELETED_AT_ONCE = 50;

/**
 * Does what comes next in the deletion of an organization and answers the place behind it, or when (ms) to come again.
 * What a page names is deleted before the place behind it is kept: whatever happens in between is done again, and counted
 * once. Jobs are looked for twice: a request of before may make one until `STRAGGLERS` ms after the organization was closed.
 */
export async function advanceDeletion(
  place: DeletionPlace,
  port: DeletionPort,
  now: number,
): Promise<DeletionPlace | number> {
  const { step, shard, closed_at } = place;
  switch (step) {
    case 'closing':
      await port.close();
      return { ...place, step: 'webhooks', closed_at: now };
    case 'webhooks':
    case 'hooks':
      return deletePage(place, port, after(step));
    case 'jobs':
    case 'stragglers':
      if (shard < (await port.shards())) return deletePage(place, port, null);
      return { ...place, step: after(step), shard: 0 };
    case 'waiting': {
      const over = (closed_at ?? now) + STRAGGLERS;
      return now < over ? over : { ...place, step: 'stragglers' };
    }
    case 'shards':
      if (shard >= (await port.shards())) return { ...place, step: 'organization', shard: 0 };
      await port.eraseShard(shard);
      return { ...place, shard: shard + 1 };
    case 'organization':
      await port.eraseOrganization();
      return { ...place, step: 'finished' };
    case 'finished':
      return place;
  }
}

/** Deletes what the page names, or finds the next one; where there is none, `next` is the step behind it, null the next shard. */
async function deletePage(
  place: DeletionPlace,
  port: DeletionPort,
  next: DeletionStep | null,
): Promise<DeletionPlace> {
  if (place.page.length > 0) return { ...(await deleted(place, port)), page: [] };
  const page = await nextPage(place, port);
  if (page.length > 0) return { ...place, page };
  return next === null ? { ...place, shard: place.shard + 1 } : { ...place, step: next };
}

function nextPage({ step, shard }: DeletionPlace, port: DeletionPort): Promise<DeletionPage> {
  if (step === 'webhooks') return port.webhooks().then((ids) => ids.slice(0, DELETED_AT_ONCE));
  if (step === 'hooks') return port.hooks().then((ids) => ids.slice(0, DELETED_AT_ONCE));
  return port.jobs(shard, DELETED_AT_ONCE);
}

async function deleted(place: DeletionPlace, port: DeletionPort): Promise<DeletionPlace> {
  const { step, shard, page } = place;
  if (step === 'webhooks') {
    await Promise.all((page as string[]).map((id) => port.removeWebhook(id)));
    return { ...place, webhooks: place.webhooks + page.length };
  }
  if (step === 'hooks') {
    await Promise.all((page as string[]).map((id) => port.removeHook(id)));
    return { ...place, hooks: place.hooks + page.length };
  }
  const jobs = page as HeldJob[];
  await Promise.all(jobs.map(({ job_id }) => port.eraseJob(job_id)));
  await port.forgetJobs(shard, jobs);
  // Those that had been deleted before count as none.
  return { ...place, jobs: place.jobs + jobs.filter(({ created_at }) => created_at !== null).length };
}

function after(step: 'webhooks' | 'hooks' | 'jobs' | 'stragglers'): DeletionStep {
  return ({ webhooks: 'hooks', hooks: 'jobs', jobs: 'waiting', stragglers: 'shards' } as const)[step];
}
