import { refuseRate } from '../../domain/access/rate';
import type { Rejection } from '../../domain/base/rejection';
import type { CreationTerms } from '../../domain/feed/publication';
import { Lru } from '../lru';

/** What of its terms the rate of creations hangs on. */
type RateTerms = Pick<CreationTerms, 'per_minute' | 'burst'>;

/** A shard that has refused a creation, under which terms, and until when it would refuse another under these (ms). */
interface Closed {
  rejection: Rejection;
  terms: RateTerms;
  at: number;
  until: number;
}

const closed = new Lru<Closed>(1_000, 1_000);

/**
 * The refusal of a creation by a shard that has just refused one for its rate: it said when it takes more, and until then an
 * isolate asks neither it nor a job's object. Null where it may be asked, under other terms at once.
 */
export function refusedBy(
  organization: string,
  shard: number,
  terms: RateTerms,
  now: number,
): Rejection | null {
  const found = closed.get(nameOf(organization, shard));
  const rate = found?.rejection.rate;
  if (found === undefined || rate === undefined || now < found.at || now >= found.until) return null;
  if (terms.per_minute !== found.terms.per_minute || terms.burst !== found.terms.burst) return null;
  return refuseRate({ ...rate, reset: Math.ceil((found.until - now) / 1_000) }, found.rejection.detail);
}

/** A shard has refused a creation under `terms` at `now`. */
export function noteRefusal(
  organization: string,
  shard: number,
  terms: RateTerms,
  rejection: Rejection,
  now: number,
): void {
  const { rate } = rejection;
  if (rate === undefined) return;
  const until = now + rate.reset * 1_000;
  closed.set(nameOf(organization, shard), { rejection, terms, at: now, until }, 1);
}

function nameOf(organization: string, shard: number): string {
  return `${organization}/${shard}`;
}
