import { lastChange } from '../../domain/feed/last-change';
import { admit, type Publication, type Receipt } from '../../domain/feed/publication';
import type { AuditStore } from '../kit/audit-store';
import type { Creations } from './creations';
import type { FeedStore } from './feed-store';
import { type Intake, tellsProgress } from './intake';
import type { Looks } from './looks';
import type { IndexedJob, OrgIndexStore } from './org-index-store';
import type { ShardStats } from './shard-stats';
import { toldBy } from './told-by';

/** What a publication is applied to. */
export interface ProjectorParts {
  store: OrgIndexStore;
  feed: FeedStore;
  audit: AuditStore;
  intake: Intake;
  looks: Looks;
  creations: Creations;
  stats: Pick<ShardStats, 'moved' | 'usual'>;
  /** The shortest time between two publications of progress (ms). */
  interval: number;
  /** Called where the feed has grown. */
  fed: () => void;
}

/** Applies the publications of jobs to the shard: summaries, events, audit records. The caller sets the transaction. */
export class Projector {
  readonly #parts: ProjectorParts;

  constructor(parts: ProjectorParts) {
    this.#parts = parts;
  }

  /** What the job carries is kept with what it publishes. */
  apply(publication: Publication, now: number): Receipt {
    const { audit = [] } = publication;
    const receipt = this.#project(publication, now);
    if (audit.length === 0 || receipt.refused !== undefined) return receipt;
    this.#parts.audit.take(audit, now);
    return { ...receipt, audited: audit.length };
  }

  #project(publication: Publication, now: number): Receipt {
    const { summary, events, deleted } = publication;
    if (events.length === 0) this.#parts.intake.take(now);
    const kept = this.#parts.store.kept(summary, now);
    const news = admit(kept ?? { revision: 0, through: 0 }, publication);
    const receipt = {
      revision: news.revision,
      through: news.through,
      interval: this.#parts.looks.intervalFor(summary),
    };
    if (kept?.revision === news.revision && kept.through === news.through) {
      // A job that was told too late of its type, or never, does without; one that still waits is told.
      if (kept.status !== null && publication.creation === undefined) this.#parts.store.restate(summary);
      return receipt;
    }
    if (kept === null && news.summary && !deleted) {
      const refused = this.#parts.creations.take(publication.creation, now);
      if (refused !== null) return { revision: 0, through: 0, interval: receipt.interval, refused };
      const { feed_bytes } = publication.creation ?? {};
      if (feed_bytes !== undefined) this.#parts.feed.hold(feed_bytes);
    }
    const progress =
      kept !== null && tellsProgress(kept, publication, now - kept.progressed_at, this.#parts.interval);
    const entries = toldBy(news, summary, progress ? (kept.status ?? summary.status) : null, now);
    if (entries.length > 0) this.#parts.fed();
    const marks = {
      through: news.through,
      progressed_at: progress ? now : (kept?.progressed_at ?? 0),
      told: this.#parts.feed.append(summary.job_id, entries, now, kept?.told),
      updated_at: lastChange(kept, summary, news.events, now),
    };
    if (news.summary) this.#moved(kept, publication);
    const typical = kept === null ? this.#typicalOf(publication) : null;
    if (deleted && news.summary) {
      this.#parts.store.remove(summary, news.revision, news.through, now);
    } else if (kept === null) {
      if (news.summary)
        this.#parts.store.insert(typical === null ? summary : { ...summary, ...typical }, marks);
    } else if (kept.status !== null) {
      if (news.summary) this.#parts.store.update(summary, marks, kept);
      else this.#parts.store.advance(summary, marks, kept);
    }
    return { ...receipt, ...typical };
  }

  /** Only one who waits for the index with its creation can still take up what is known of its type. */
  #typicalOf({ summary, creation }: Publication): { typical_seconds: number } | null {
    const usual = creation === undefined ? null : this.#parts.stats.usual(summary.job_type);
    return usual && { typical_seconds: usual.typical };
  }

  #moved(kept: IndexedJob | null, { summary, deleted }: Publication): void {
    const before = kept?.status ?? null;
    this.#parts.creations.moved(summary.job_type, before, deleted ? null : summary.status);
    // Of one that is gone and was not known before nobody knows whether its end was counted.
    if (kept === null ? !deleted : before !== null) this.#parts.stats.moved(before, summary);
  }
}
