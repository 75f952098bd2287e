import { ok, type Result } from '../../domain/base/result';
import { isListed } from '../../domain/job/list-filter';
import type { Summary } from '../../domain/job/summary';
import { indexObject } from '../../objects/address';
import type { ListFilter, ListPosition } from '../../objects/org-index/contract';
import { type Caller, CREDENTIAL_HELD, nextLook } from '../access/caller';
import { lapseOf } from '../access/lapse';
import { shardsOf } from '../access/own-shards';
import { reachedList, reaches } from '../access/reach';
import { askNewer } from '../ask-object';
import type { PageAsk } from '../page';
import { indexAway } from './index-away';
import { openPlace, sealPlace } from './list-cursor';
import { followed, type ListedJob } from './lists';
import { byAge } from './merge-parts';
import { ShardExport } from './shard-export';

/** Jobs between two cursors. */
const MARKED = 1_000;

/** What comes next of an export: jobs, a cursor behind all that came, or its end. */
export type ExportPart =
  | { jobs: readonly ListedJob[] }
  | { cursor: string }
  /** How many jobs came, and where it goes on; null where nothing is left. */
  | { end: { jobs: number; next_cursor: string | null } };

/** `limit` is how many jobs at most; null for all. */
export type ExportAsk = Omit<PageAsk, 'limit'> & { limit: number | null };

export interface JobExport {
  /** Throws where it can't go on. */
  parts: AsyncGenerator<ExportPart, void>;
  /** Lets go of the shards, whether the parts were begun or not. */
  close(): Promise<void>;
}

/**
 * The organization's jobs that the caller reaches, newest first, over all its index shards: one stream of each, read no
 * faster than the parts are taken.
 */
export async function exportJobs(
  caller: Caller,
  filter: ListFilter,
  ask: ExportAsk,
): Promise<Result<JobExport>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const reached = reachedList(principal, filter);
  const before = openPlace(ask.position, filter, 'created_at');
  if (!before.ok) return before;
  const shards = shardsOf(caller).map((shard) => {
    const index = () => indexObject(env, organization, shard);
    return new ShardExport((place, limit) => index().export(reached, place, limit), before.value);
  });
  const close = async () => {
    await Promise.all(shards.map((shard) => shard.close()));
  };
  // What is away is told while there is a status to tell it with.
  try {
    const first = await askNewer(() => Promise.all(shards.map((shard) => shard.fill(1))), false);
    if (first.ok) return ok({ parts: partsOf(caller, shards, filter, ask), close });
    await close();
    return first;
  } catch (cause) {
    await close();
    return indexAway(organization, cause);
  }
}

async function* partsOf(
  caller: Caller,
  shards: readonly ShardExport[],
  filter: ListFilter,
  { scope, limit }: ExportAsk,
): AsyncGenerator<ExportPart, void> {
  const { principal } = caller;
  const reached = reachedList(principal, filter);
  const seal = (place: ListPosition) => sealPlace(caller, scope, filter, 'created_at', place);
  let renewal = nextLook(caller, principal.since, CREDENTIAL_HELD);
  let [count, marked] = [0, 0];
  for (;;) {
    if (Date.now() >= renewal) {
      const lapsed = await lapseOf(caller);
      if (lapsed !== null) throw new Error(`the credential may be told no more: ${lapsed.code}`);
      renewal = nextLook(caller, Date.now(), CREDENTIAL_HELD);
    }
    const came = await nextOf(shards);
    const all = came.filter((job) => reaches(principal, job) && isListed(reached, job));
    const jobs = (limit === null ? all : all.slice(0, limit - count)).map(followed);
    count += jobs.length;
    if (jobs.length > 0) yield { jobs };
    const full = count === limit;
    const last = full ? jobs.at(-1) : came.at(-1);
    if (full || last === undefined) {
      // Where the limit is met it is not known whether anything is left.
      yield { end: { jobs: count, next_cursor: full && last !== undefined ? await seal(last) : null } };
      return;
    }
    if (count - marked < MARKED) continue;
    marked = count;
    yield { cursor: await seal(last) };
  }
}

/** The jobs that are known to be the newest ones left, in order; none where none is left. */
async function nextOf(shards: readonly ShardExport[]): Promise<Summary[]> {
  for (;;) {
    await Promise.all(shards.map((shard) => shard.fill()));
    const jobs = takeCertain(shards);
    if (jobs.length > 0 || shards.every(({ whole, jobs: left }) => whole && left.length === 0)) return jobs;
  }
}

/** Those that nothing can come before: what a shard still has is older than all that came of it. */
function takeCertain(shards: readonly ShardExport[]): Summary[] {
  const taken: Summary[] = [];
  for (;;) {
    let [newest, left] = [undefined, undefined] as [Summary | undefined, ShardExport | undefined];
    for (const shard of shards) {
      const [head] = shard.jobs;
      if (head !== undefined && (newest === undefined || byAge(head, newest) < 0))
        [newest, left] = [head, shard];
    }
    if (newest === undefined || left === undefined) return taken;
    for (const { jobs, whole, through } of shards) {
      if (jobs.length === 0 && !whole && (through === null || byAge(newest, through) > 0)) return taken;
    }
    left.jobs.shift();
    taken.push(newest);
  }
}
