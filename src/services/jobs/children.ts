import { ok, type Result } from '../../domain/base/result';
import { type Rollup, rollUp } from '../../domain/job/rollup';
import { indexObject } from '../../objects/address';
import type { RollupReach } from '../../objects/org-index/contract';
import type { Caller, Principal } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { isLimited } from '../access/reach';
import { askNewer } from '../ask-object';
import type { Page, PageAsk } from '../page';
import { indexAway } from './index-away';
import { getJob } from './jobs';
import { type ListedJob, listJobs } from './lists';

/** A page of a job's children, and what all of them come to. */
export interface ChildrenPage extends Page<ListedJob> {
  rollup: Rollup;
}

/** The children of a job that are there for the caller, newest first, reruns among them; and what these come to. */
export async function listChildren(
  caller: Caller,
  jobId: string,
  ask: PageAsk,
): Promise<Result<ChildrenPage>> {
  const parent = await getJob(caller, jobId, {});
  if (!parent.ok) return parent;
  const { job_id } = parent.value.summary;
  const [page, rollup] = await Promise.all([
    listJobs(caller, { parent_job_id: job_id }, ask),
    rollUpOf(caller, job_id),
  ]);
  if (!page.ok) return page;
  return rollup.ok ? ok({ ...page.value, rollup: rollup.value }) : rollup;
}

/** All jobs of a chain stand in one shard: the shards' parts add up. */
async function rollUpOf(caller: Caller, parent: string): Promise<Result<Rollup>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const [shards, reach] = [shardsOf(caller), reachOf(principal)];
  try {
    const parts = await askNewer(
      () => Promise.all(shards.map((shard) => indexObject(env, organization, shard).rollup(parent, reach))),
      true,
    );
    return parts.ok ? ok(rollUp(parts.value)) : parts;
  } catch (cause) {
    return indexAway(organization, cause);
  }
}

function reachOf(principal: Principal): RollupReach | null {
  const { job_types, tag } = principal;
  if (!isLimited(principal)) return null;
  return { ...(job_types ? { job_types } : {}), ...(tag ? { tag } : {}) };
}
