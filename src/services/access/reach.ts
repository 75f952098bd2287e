import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import { isFresh } from '../../domain/base/time';
import { type FeedFilter, type FeedPage, tagsOf } from '../../domain/feed/feed';
import type { Summary } from '../../domain/job/summary';
import { jobObject } from '../../objects/address';
import type { ListFilter } from '../../objects/org-index/contract';
import { askObject } from '../ask-object';
import { type JobRef, readJobId } from '../ids/job-id';
import { noSuchJob } from '../jobs/no-such-job';
import { Lru } from '../lru';
import type { Caller, Principal } from './caller';

/** What of a caller says which jobs there are for it. */
type Reaching = Pick<Principal, 'job_types' | 'tag'>;
/** What of a job says for whom it is there. */
type Filing = Pick<Summary, 'job_type' | 'tags'>;

/** How long a job's type and tags are believed (ms). They never change; the id of a deleted job may come again with others. */
const FILING_LIFE = 10_000;
const filings = new Lru<Filing & { at: number }>(10_000, 2_000_000);

/**
 * The job that an id names for a caller: one that was made for its organization and that its key or token reaches. Every
 * id that a caller names comes through here before any object is asked for more than the job's type and tags.
 */
export async function reachJob(caller: Caller, jobId: string): Promise<Result<JobRef>> {
  const { config, principal, token } = caller;
  const ref = await readJobId(config, principal.organization, jobId);
  if (ref === null) return noSuchJob();
  if (token !== undefined && token.job_id !== ref.job_id) return noSuchJob();
  if (!isLimited(principal)) return ok(ref);
  const filing = await filingOf(caller, ref);
  if (!filing.ok) return filing;
  return filing.value !== null && reaches(principal, filing.value) ? ok(ref) : noSuchJob();
}

/** Whether there are jobs of its organization that are none for a caller. */
export function isLimited({ job_types, tag }: Reaching): boolean {
  return Boolean(job_types ?? tag);
}

/** Whether a job is there for a caller. */
export function reaches(reaching: Reaching, { job_type, tags }: Filing): boolean {
  return reachesType(reaching, job_type) && (!reaching.tag || tags.includes(reaching.tag));
}

/** What a caller asks of the list, as far as it reaches. */
export function reachedList({ job_types, tag }: Reaching, filter: ListFilter): ListFilter {
  return {
    ...filter,
    ...(job_types ? { job_types } : {}),
    ...(tag ? { tag: [...new Set([...(filter.tag ?? []), tag])] } : {}),
  };
}

/** Whether there are jobs of a type for a caller. */
function reachesType({ job_types }: Reaching, jobType: string): boolean {
  return !job_types || job_types.includes(jobType);
}

/** What a caller asks of the feed, as far as it reaches: events of jobs of its types and tag alone, where it is for some. */
export function reachedFeed<Ask extends FeedFilter>({ job_types, tag }: Reaching, ask: Ask): Ask {
  const tagged = tag ? { ...ask, tag } : ask;
  if (!job_types) return tagged;
  const wanted = ask.job_types ?? job_types;
  return { ...tagged, job_types: wanted.filter((type) => job_types.includes(type)) };
}

const reachedPages = new WeakMap<FeedPage, Map<string, FeedPage>>();

/** A page of the feed as far as a caller reaches: an index of an older build passes over the tag. Found once for all readers. */
export function reachedPage({ tag }: Reaching, page: FeedPage): FeedPage {
  if (!tag || page.events.length === 0) return page;
  const found = reachedPages.get(page) ?? new Map<string, FeedPage>();
  reachedPages.set(page, found);
  const known = found.get(tag);
  if (known !== undefined) return known;
  const events = page.events.filter((row) => tagsOf(row).includes(tag));
  const reached = events.length === page.events.length ? page : { ...page, events };
  found.set(tag, reached);
  return reached;
}

/** Why a caller can't make a job of a type; null where it can. */
export function refuseType(reaching: Reaching, jobType: string): { ok: false; rejection: Rejection } | null {
  if (reachesType(reaching, jobType)) return null;
  const named = (reaching.job_types ?? []).join(', ');
  return refuse('permission_denied', `This key is for jobs of these types alone: ${named}.`);
}

/** The type and the tags of a job; null where there is none. */
async function filingOf({ env, principal }: Caller, { core }: JobRef): Promise<Result<Filing | null>> {
  const { organization } = principal;
  const name = `${organization}/${core}`;
  const now = Date.now();
  const known = filings.get(name);
  if (known !== undefined && isFresh(known.at, now, FILING_LIFE)) return ok(known);
  const view = await askObject(() => jobObject(env, organization, core).get(organization, {}), true);
  if (!view.ok) return view;
  if (view.value === null) return ok(null);
  const { job_type, tags } = view.value.summary;
  const filing = { job_type, tags: [...tags], at: now };
  filings.set(name, filing, name.length + job_type.length + tags.join().length);
  return ok(filing);
}
