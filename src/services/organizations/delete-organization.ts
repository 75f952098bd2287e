import type { Env } from '../../config';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { ok, type Result } from '../../domain/base/result';
import { directoryObject, orgObject } from '../../objects/address';
import { askNewer } from '../ask-object';
import { goneOrGoing, noOrganization, type Organization } from './organizations';

/** Begins to delete an organization with all it holds; again, it answers how far that is. Its name is given to no other. */
export async function deleteOrganization(
  env: Env,
  id: string,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const begun = await askNewer(() => directoryObject(env).remove(id, trace), true);
  if (!begun.ok) return begun;
  if (begun.value === null) return noOrganization(id);
  // The directory's alarm does so too: it is closed before this is answered.
  if (begun.value.finished_at === null) {
    const closed = await askNewer(() => orgObject(env, id).close(), true);
    if (!closed.ok) return closed;
  }
  return ok(goneOrGoing(begun.value));
}
