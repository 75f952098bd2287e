import { invalidField } from '../../domain/base/rejection';
import type { Result } from '../../domain/base/result';
import { CHILD_LIMIT } from '../../domain/job/children';
import { log } from '../../log';
import { coreOf, jobObject } from '../../objects/address';
import type { Caller } from '../access/caller';
import { reachJob } from '../access/reach';
import { askNewer } from '../ask-object';
import type { JobRef } from '../ids/job-id';

/** Why a job can't be made the child of another. */
type Refused = Extract<Result<never>, { ok: false }>;

/**
 * The job that a creation names as its parent, as far as its id says. One that is unknown, foreign, deleted, none for the
 * caller or a child itself is refused by one answer, here or by `adopt`.
 */
export async function findParent(caller: Caller, parentId: string): Promise<Result<JobRef>> {
  const reached = await reachJob(caller, parentId);
  return reached.ok || reached.rejection.code !== 'job_not_found' ? reached : refuseParent();
}

/** Has the parent count a child with `core` before that is made. Why it does not; null where it has. */
export async function adopt(
  { env, principal }: Caller,
  parent: JobRef,
  core: string,
): Promise<Refused | null> {
  const { organization } = principal;
  const answer = await askNewer(
    () => jobObject(env, organization, parent.core).adopt(organization, core),
    true,
  );
  if (!answer.ok) return answer;
  if (answer.value === 'full') {
    return refused(`may have ${CHILD_LIMIT.toLocaleString('en')} children, and has had as many`);
  }
  return answer.value === null ? refuseParent() : null;
}

/**
 * Has the parent of a child know of a rerun with `core`, which it does not count, before that is made. Why that can't be now;
 * null where it does or is gone.
 */
export async function adoptRerun(
  { env, principal }: Caller,
  parentId: string,
  core: string,
): Promise<Refused | null> {
  const { organization } = principal;
  const parent = () => jobObject(env, organization, coreOf(parentId));
  const answer = await askNewer(() => parent().adoptRerun(organization, core), true);
  return answer.ok ? null : answer;
}

/**
 * Tells the parent that this request did not make it: it counts it no more, unless another of the same key has it counted
 * besides. Where that can't be told now, the parent may have one child less.
 */
export async function disown({ env, principal }: Caller, parent: JobRef, core: string): Promise<void> {
  const { organization } = principal;
  try {
    await jobObject(env, organization, parent.core).disown(organization, core);
  } catch (cause) {
    log('warn', 'not_disowned', { organization, job_id: parent.job_id, cause });
  }
}

function refuseParent(): Refused {
  return refused('must be a job of the organization that is no child itself');
}

function refused(message: string): Refused {
  return { ok: false, rejection: invalidField('parent_job_id', message) };
}
