import { isOrganizationId } from '../../domain/access/organization';
import { ok, type Result, refuse } from '../../domain/base/result';

/** The organization that a path names. A text that none can be called by names no object either. */
export function namedOrganization({ organization_id: id = '' }: Record<string, string>): Result<string> {
  return isOrganizationId(id) ? ok(id) : refuse('not_found', 'There is no such organization.');
}
