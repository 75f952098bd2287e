import type { BulkFailure, BulkPlace, BulkSpec, BulkVerbs } from './contract';

/** Jobs of a page, those of it that are done something to at once, and how often one that can't be now is tried. */
const PAGE = 50;
const AT_ONCE = 10;
const TRIES = 8;
/** What a parent is refused with that has ended otherwise, or knows the key by another request: its children go on. */
const STAYS = ['job_terminal', 'idempotency_conflict'];

/** What of the service and the store one step needs. */
export interface BulkStep {
  verbs: BulkVerbs;
  organization: string;
  keep(place: BulkPlace): void;
}

/**
 * Does the next page of a bulk operation and keeps the place behind it: true while there is more, false once it is over. What a page
 * names is kept before anything is done to it, so that what a crash interrupts is done again, and counted once. Its job is
 * told of a page before the next one is taken, and says meanwhile whether it was cancelled.
 */
export async function advanceBulk(spec: BulkSpec, from: BulkPlace, step: BulkStep): Promise<boolean> {
  const { verbs, organization, keep } = step;
  const standing = await verbs.tell(organization, spec, from, false);
  let place = from;
  const repeated = place.page.length > 0;
  if (standing === 'under way' && !repeated && !place.last) {
    place = { ...place, ...(await verbs.page(organization, spec, place, PAGE)), tries: 0 };
    if (place.page.length > 0) keep(place);
  }
  const ends = place.page.length === 0 && place.last;
  if (standing !== 'under way' || ends) {
    // Its failures were told; a cancelled job hears that it was noticed.
    const end = { ...place, n: place.n + 1, failures: [] };
    if (standing !== 'over') await verbs.tell(organization, spec, end, true);
    return false;
  }
  keep(await withPage(spec, place, repeated, step));
  return true;
}

/** The place once each job of the page had its turn: those that can't be done something to now stay in it. */
async function withPage(
  spec: BulkSpec,
  place: BulkPlace,
  repeated: boolean,
  { verbs, organization }: BulkStep,
): Promise<BulkPlace> {
  const left = [...place.page];
  const again: string[] = [];
  const failures: BulkFailure[] = [];
  let done = 0;
  const tries = place.tries + 1;
  const work = async () => {
    for (let job_id = left.shift(); job_id !== undefined; job_id = left.shift()) {
      const outcome = await verbs.act(organization, spec, job_id, repeated);
      if (outcome.outcome === 'done') done += 1;
      else if (outcome.outcome === 'again' && tries < TRIES) again.push(job_id);
      else failures.push({ job_id, code: outcome.code, message: outcome.message });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // One that is gone by now, or can’t be asked, is no reason to leave its children alone.
  const stays = failures.some(({ job_id, code }) => job_id === spec.parent && STAYS.includes(code));
  return {
    ...place,
    ...{ n: place.n + 1, page: again, tries, failures, last: place.last || stays },
    done: place.done + done,
    failed: place.failed + failures.length,
  };
}
