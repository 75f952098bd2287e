import { refuseRate } from '../../domain/access/rate';
import type { Rejection } from '../../domain/base/rejection';
import { Lru } from './lru';

/** A shard that has refused a creation, and until when it would refuse another (ms). */
interface Closed {
  rejection: Rejection;
  at: number;
  until: number;
}

const closed = new Lru<Closed>(1_000, 1_000);

/**
 * The refusal of a creation by a shard that has just refused one for its rate: it said when it takes more, and until then an
 * isolate asks neither it nor a job's object. Null where it may be asked.
 */
export function refusedBy(organization: string, shard: number, now: number): Rejection | null {
  const found = closed.get(nameOf(organization, shard));
  const rate = found?.rejection.rate;
  if (found === undefined || rate === undefined || now < found.at || now >= found.until) return null;
  return refuseRate({ ...rate, reset: Math.ceil((found.until - now) / 1_000) }, found.rejection.detail);
}

/** A shard has refused a creation at `now`. */
export function noteRefusal(organization: string, shard: number, rejection: Rejection, now: number): void {
  const { rate } = rejection;
  if (rate === undefined) return;
  closed.set(nameOf(organization, shard), { rejection, at: now, until: now + rate.reset * 1_000 }, 1);
}

function nameOf(organization: string, shard: number): string {
  return `${organization}/${shard}`;
}
