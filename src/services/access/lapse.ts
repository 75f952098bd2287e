import type { Rejection } from '../../domain/base/rejection';
import { isFresh } from '../../domain/base/time';
import { log } from '../../log';
import { CREDENTIAL_LIFE, unauthenticated } from './authenticate';
import type { Caller } from './caller';

/**
 * Why the caller may be told nothing more; null while it may. Where the look at its credential breaks, it stands until the
 * next time, or its own end.
 */
export async function lapseOf(caller: Caller): Promise<Rejection | null> {
  try {
    const renewed = await caller.renew(Date.now());
    if (renewed !== true) return renewed === false ? unauthenticated() : renewed;
  } catch (cause) {
    log('warn', 'renewal_failed', { organization: caller.principal.organization, cause });
  }
  return Date.now() < (caller.principal.until ?? Number.POSITIVE_INFINITY) ? null : unauthenticated();
}

/** The same for a caller whose request has taken a while to come: it is looked at again once its credential may have lapsed. */
export function lapsedMeanwhile(caller: Caller): Promise<Rejection | null> | null {
  return isFresh(caller.principal.since, Date.now(), CREDENTIAL_LIFE) ? null : lapseOf(caller);
}
