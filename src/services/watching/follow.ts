import type { Rejection } from '../../domain/base/rejection';
import { type Caller, nextLook } from '../access/caller';
import { isShut } from '../access/home';
import { lapseOf } from '../access/lapse';
import { STREAM_TIMES } from '../stream-times';
import type { Closed, Watch, WatchNews } from './watch';

/**
 * How a watch ended: the job is settled or gone, the credential is gone, its organization is suspended, or the job or
 * whoever knows the credential can't be reached.
 */
export type WatchEnding = 'ended' | 'revoked' | 'suspended' | 'lost';

/** All that a watcher is told, in order, with null as a sign of life when there is nothing to tell. */
export async function* follow(
  caller: Caller,
  watch: Watch,
  times = STREAM_TIMES,
): AsyncGenerator<Exclude<WatchNews, Closed> | null, WatchEnding> {
  let renewal = nextLook(caller, caller.principal.since, times.renewal);
  let quiet = Date.now() + times.quiet;
  try {
    for (;;) {
      const told = await watch.next(Math.max(Math.min(quiet, renewal) - Date.now(), 0));
      if (told?.type === 'lost' || told?.type === 'revoked') return told.type;
      if (Date.now() >= renewal) {
        const lapsed = await lapseOf(caller);
        if (lapsed !== null) return endingOf(lapsed);
        renewal = nextLook(caller, Date.now(), times.renewal);
      }
      if (told !== null || Date.now() >= quiet) {
        if (told === null) watch.ping();
        yield told;
        if (told?.type === 'end') return 'ended';
        quiet = Date.now() + times.quiet;
      }
    }
  } finally {
    watch.close();
  }
}

/** A credential that can't be looked at now may stand yet: whoever comes again is told. */
function endingOf(lapsed: Rejection): WatchEnding {
  if (isShut(lapsed)) return 'suspended';
  return lapsed.code === 'unauthenticated' ? 'revoked' : 'lost';
}
