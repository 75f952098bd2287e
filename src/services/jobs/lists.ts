import type { Json } from '../../domain/base/json';
import { ok, type Result } from '../../domain/base/result';
import { changeAbout } from '../../domain/feed/last-change';
import { isListed } from '../../domain/job/list-filter';
import type { Summary } from '../../domain/job/summary';
import { indexObject } from '../../objects/address';
import type {
  EntryText,
  IssueFilter,
  IssuePageAsk,
  Item,
  LogFilter,
  LogLine,
  LogPlace,
  PageBounds,
  RowsAt,
} from '../../objects/job/contract';
import type {
  ListAsk,
  ListedJob,
  ListFilter,
  ListOrder,
  ListPart,
  ListPosition,
} from '../../objects/org-index/contract';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { reachedList, reaches } from '../access/reach';
import { sealCursor } from '../ids/cursor';
import { PAGE_BYTES, type Page, type PageAsk, toPage } from '../page';
import { indexAway } from './index-away';
import { withJob } from './jobs';
import { openPlace, sealPlace } from './list-cursor';
import { mergeParts, placeOf } from './merge-parts';
import { noSuchJob } from './no-such-job';

export type { EntryText, ListedJob, ListFilter, ListOrder };

/** A page of jobs stays below this: its rows are written several times on their way. */
const LIST_BYTES = 262_144;
/** Entries that are looked at for one page: a filter that little matches comes to an end, and its page goes on from there. */
const PAGE_SCAN = 1_000;

/** Rows that the shards read for a page of jobs, all of them together: where its filter passes over more, it is shorter. */
const LIST_ROWS = 10_000;
/** Of these, what one of many shards reads at the least. */
const SHARD_ROWS = 500;

/** One page of what a job has. */
export interface JobPage<Row> extends Page<Row> {
  /** The job's revision it is of; null where the job's object is of an older build. */
  revision: number | null;
  /** Entries behind the cursor that were no longer kept when it was used. */
  dropped: number;
}

/**
 * The organization's jobs, newest first, over all its index shards. A page whose filter passes over much is short, or
 * empty, and has a cursor that leads on.
 */
export async function listJobs(
  caller: Caller,
  filter: ListFilter,
  { scope, position, limit, unseen = false }: PageAsk & Pick<ListAsk, 'unseen'>,
  order: ListOrder = 'created_at',
): Promise<Result<Page<ListedJob>>> {
  const before = openPlace(position, filter, order);
  if (!before.ok) return before;
  const seal = (place: ListPosition) => sealPlace(caller, scope, filter, order, place);
  try {
    const parts = await readParts(caller, filter, { order, unseen }, before.value, limit + 1);
    const { jobs, through } = mergeParts(parts, order);
    const page = await toPage(jobs, limit, (last) => seal(placeOf(last, order)), LIST_BYTES);
    if (page.next_cursor !== null || through === null) return ok(page);
    return ok({ ...page, next_cursor: await seal(through) });
  } catch (cause) {
    return indexAway(caller.principal.organization, cause);
  }
}

/**
 * What each shard has from behind `before` that the caller reaches. An object of an older build passes over what it does
 * not know of the filter; one that knows of no order is not asked for it.
 */
function readParts(
  caller: Caller,
  filter: ListFilter,
  { order, unseen }: Required<Omit<ListAsk, 'rows'>>,
  before: ListPosition | null,
  limit: number,
): Promise<ListPart[]> {
  const { env, principal } = caller;
  const shards = shardsOf(caller);
  const reached = reachedList(principal, filter);
  return Promise.all(
    shards.map(async (shard) => {
      const index = indexObject(env, principal.organization, shard);
      const rows = Math.max(Math.ceil(LIST_ROWS / shards.length), SHARD_ROWS);
      const part = await index.list(reached, before, limit, LIST_BYTES, { order, rows, unseen });
      const {
        jobs,
        through,
        order: inOrderOf = 'created_at',
      } = Array.isArray(part)
        ? { jobs: part.map(followed), through: part.length < limit ? null : (part.at(-1) ?? null) }
        : part;
      if (inOrderOf !== order) throw new Error(`this shard knows no order of ${order}`);
      const shown = jobs.filter((job) => reaches(principal, job) && isListed(reached, job));
      return { jobs: shown.map(followed), through };
    }),
  );
}

/** A job as an object of an older build lists it says nothing of its last change. */
export function followed(job: Summary | ListedJob): ListedJob {
  return 'updated_at' in job ? job : { ...job, updated_at: changeAbout(job) };
}

/** A job's kept errors, warnings or events, oldest first. */
export async function listEntries(
  caller: Caller,
  jobId: string,
  list: IssuePageAsk['list'],
  filter: IssueFilter,
  { scope, position, limit }: PageAsk,
): Promise<Result<JobPage<EntryText>>> {
  const after = (position as number | null) ?? 0;
  const ask = { list, after, limit: limit + 1, bounds: boundsOf(limit), filter, revision: true };
  const entries = await withJob(caller, jobId, true, (job, organization, _ref, tokens) =>
    job.page(organization, ask, tokens),
  );
  if (!entries.ok) return entries;
  if (entries.value === null) return noSuchJob();
  return ok(
    await toJobPage(
      entries.value,
      limit,
      ({ n }) => n,
      (place) => sealCursor(caller.config, scope, place),
    ),
  );
}

/** A job's log, oldest first: entries of all four kinds. */
export async function listLog(
  caller: Caller,
  jobId: string,
  filter: LogFilter,
  { scope, position, limit }: PageAsk,
): Promise<Result<JobPage<LogLine>>> {
  const after = (position as unknown as LogPlace | null) ?? { revision: 0, k: -1 };
  const ask = { after, limit: limit + 1, bounds: boundsOf(limit), filter, revision: true };
  const lines = await withJob(caller, jobId, true, (job, organization, _ref, tokens) =>
    job.logPage(organization, ask, tokens),
  );
  if (!lines.ok) return lines;
  if (lines.value === null) return noSuchJob();
  const placeOf = ({ revision, k }: LogLine): LogPlace => ({ revision, k });
  const seal = (place: LogPlace) => sealCursor(caller.config, scope, place as unknown as Json);
  return ok(await toJobPage(lines.value, limit, placeOf, seal));
}

/** The items that a rerun of failed ones is for, in the order of type and key. */
export async function listItems(
  caller: Caller,
  jobId: string,
  { scope, position, limit }: PageAsk,
): Promise<Result<JobPage<Item>>> {
  const from = (position as number | null) ?? 0;
  const items = await withJob(caller, jobId, true, (job, organization, _ref, tokens) =>
    job.items(organization, from, limit + 1, true, tokens),
  );
  if (!items.ok) return items;
  if (items.value === null) return noSuchJob();
  const placeOf = (_: Item, count: number) => from + count;
  return ok(await toJobPage(items.value, limit, placeOf, (place) => sealCursor(caller.config, scope, place)));
}

/** What a page of a job's entries is bounded by in the job itself: it reads no further. */
function boundsOf(limit: number): PageBounds {
  return { rows: limit, bytes: PAGE_BYTES, scan: PAGE_SCAN };
}

/** The page as the job bounded it, or, by an object of an older build, as it is bounded here. */
async function toJobPage<Row, Place>(
  found: Row[] | RowsAt<Row, Place>,
  limit: number,
  placeOf: (last: Row, count: number) => Place,
  seal: (place: Place) => Promise<string>,
): Promise<JobPage<Row>> {
  const {
    rows,
    revision,
    next,
    dropped = 0,
  } = Array.isArray(found) ? { rows: found, revision: null, next: undefined } : found;
  if (next === undefined) {
    return { ...(await toPage(rows, limit, (last, count) => seal(placeOf(last, count)))), revision, dropped };
  }
  return { items: rows, next_cursor: next === null ? null : await seal(next), revision, dropped };
}
