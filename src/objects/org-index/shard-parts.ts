import {
  lookAtJob,
  type Namespaces,
  organizationOf,
  orgObject,
  partOf,
  restateJob,
  roomFor,
  shardOf,
  webhookObject,
} from '../address';
import type { Creations } from './creations';
import type { FeedStore } from './feed-store';
import type { FeedWatchers } from './feed-watchers';
import type { HeldJobs } from './held-jobs';
import type { Intake } from './intake';
import { Looks } from './looks';
import { Mender } from './mender';
import type { OrgIndexStore } from './org-index-store';
import type { Projector } from './projector';
import type { RepairStore } from './repair-store';
import { Repairer } from './repairer';
import type { RollupRepair } from './rollup-repair';
import type { ShardStats } from './shard-stats';
import type { SubscriberStore } from './subscriber-store';
import type { SummaryList } from './summary-list';
import { WakeList } from './wake-list';

/** Bytes of summaries that are read for whom to ask. */
const LOOKED_AT = 262_144;

/** What the parts of a shard that ask other objects need of it. */
export interface ShardPorts {
  /** The shard’s own. */
  name: string | undefined;
  env: Namespaces;
  /** Runs a change in one transaction, and tells those who wait for the feed. */
  transact<Answer>(work: () => Answer): Answer;
  now(): number;
}

interface WakeParts {
  held: HeldJobs;
  feed: FeedStore;
  subscribers: SubscriberStore;
}

/** Who is told that the feed has grown. */
export function makeWakeList({ name, env, transact, now }: ShardPorts, parts: WakeParts): WakeList {
  const { held, feed, subscribers } = parts;
  const organization = () => organizationOf(name);
  const shard = () => Number(partOf(name));
  const wakeList: WakeList = new WakeList({
    subscribers: () => subscribers.all(),
    learn: async () => {
      // One that was never written, or was erased, meanwhile too, has nothing to tell.
      if (!held.some) return;
      const webhookIds = await orgObject(env, organization()).enabledWebhooks();
      if (!held.some) return;
      // One that was made while this was asked is not in the answer, but has taken its place here meanwhile.
      const readers = [...webhookIds, ...wakeList.heardOf()];
      transact(() => subscribers.source(readers, now()));
    },
    poke: (webhookId) => webhookObject(env, organization(), webhookId).poke(shard()),
    head: () => feed.head(),
    now,
  });
  return wakeList;
}

interface RepairParts {
  held: HeldJobs;
  repair: RepairStore;
  rollups: RollupRepair;
  store: OrgIndexStore;
  creations: Creations;
  projector: Projector;
  stats: Pick<ShardStats, 'check'>;
}

/** What asks jobs whether they are as they are listed. */
export function makeRepairer({ name, env, transact, now }: ShardPorts, parts: RepairParts): Repairer {
  const { held, repair, rollups, store, creations, projector, stats } = parts;
  const apply = projector.apply.bind(projector);
  return new Repairer(repair, new Mender({ repair, store, creations, apply }), rollups, {
    ask: async (jobId, after) => {
      // The job of another shard, or of another id with the same core, is none of this one’s.
      if (shardOf(jobId) !== Number(partOf(name))) return null;
      const answer = await restateJob(env, organizationOf(name), jobId, after);
      return answer?.publication.summary.job_id === jobId ? answer : null;
    },
    transact,
    checkCounts: () => stats.check(),
    isBuried: (jobId) => store.isBuried(jobId, now()),
    isErased: () => !held.some,
    room: () => roomFor(env, now()),
    move: () => {
      const { isMoving } = store;
      if (isMoving) transact(() => store.move());
      return isMoving;
    },
    now,
  });
}

interface LookParts {
  watchers: FeedWatchers;
  subscribers: SubscriberStore;
  intake: Intake;
  list: SummaryList;
  /** How long progress waits that nobody looks at (ms). */
  unwatched: number;
}

/** Who looks at the shard’s jobs, and is shown them fresh. */
export function makeLooks({ name, env, now }: ShardPorts, parts: LookParts): Looks {
  const { watchers, subscribers, intake, list, unwatched } = parts;
  return new Looks(
    {
      awaited: () => watchers.awaitProgress || subscribers.followProgress,
      interval: () => intake.interval,
      newest: (limit) => list.part({ status: ['in_progress'] }, null, limit, LOOKED_AT).jobs,
      room: () => roomFor(env, now()),
      ask: (jobId, interval) => lookAtJob(env, organizationOf(name), jobId, interval),
      now,
    },
    unwatched,
  );
}
