import { refuse } from '../../domain/base/result';
import { log } from '../../log';

/** The index of an organization can't be asked: it is logged why, and answered as a refusal. */
export function indexAway(organization: string, cause: unknown): ReturnType<typeof refuse> {
  log('warn', 'index_unavailable', { organization, cause });
  return refuse('unavailable', 'The list is not available right now. Jobs themselves are.');
}
