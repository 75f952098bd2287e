import { DurableObject } from 'cloudflare:workers';
import { admit, PUBLISH_INTERVAL, type Publication, type Receipt } from '../../domain/publication';
import type { Summary } from '../../domain/summary';
import { AlarmClock } from '../alarm-clock';
import { CommitQueue } from '../commit-queue';
import type { Namespaces } from '../object-name';
import { FeedStore } from './feed-store';
import { Intake } from './intake';
import { type ListFilter, type ListPosition, OrgIndexStore } from './org-index-store';

/** One shard of an organization's index: a projection of its jobs, late at worst and never wrong. */
export class OrgIndexDO extends DurableObject<Namespaces> {
  readonly #store: OrgIndexStore;
  readonly #feed: FeedStore;
  readonly #intake: Intake;
  readonly #clock: AlarmClock;
  readonly #commits: CommitQueue<Publication, Receipt>;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#store = new OrgIndexStore(ctx.storage.sql);
    this.#feed = new FeedStore(ctx.storage.sql);
    this.#intake = new Intake(Number(env.PUBLISH_INTERVAL_MS ?? PUBLISH_INTERVAL));
    this.#clock = new AlarmClock(ctx.storage);
    this.#commits = new CommitQueue({
      commit: (publications) => this.#commitGroup(publications),
      sync: () => ctx.storage.sync(),
    });
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
  }

  /** Takes in what a job says of itself. Saying it again changes nothing. */
  async publish(publication: Publication): Promise<Receipt> {
    return this.#commits.run(publication);
  }

  /** Summaries, newest first, from behind `before`. */
  async list(filter: ListFilter, before: ListPosition | null, limit: number): Promise<Summary[]> {
    return this.#store.list(filter, before, limit).map((body) => JSON.parse(body) as Summary);
  }

  /** Forgets expired tombstones. Never throws: a run that failed is armed again. */
  override async alarm(): Promise<void> {
    this.#clock.fired();
    const now = Date.now();
    try {
      const next = this.ctx.storage.transactionSync(() => this.#store.sweep(now));
      if (next !== null) this.#clock.arm(next, now);
    } catch (cause) {
      console.error(JSON.stringify({ level: 'error', event: 'sweep_failed', cause: String(cause) }));
      this.#clock.arm(now + 60_000, now);
    }
  }

  #commitGroup(publications: Publication[]): Receipt[] {
    const now = Date.now();
    try {
      return this.ctx.storage.transactionSync(() => {
        this.#store.prepare();
        return publications.map((publication) => this.#admit(publication, now));
      });
    } catch (cause) {
      for (const memory of [this.#store, this.#feed]) memory.forget();
      this.#clock.fired();
      throw cause;
    }
  }

  #admit(publication: Publication, now: number): Receipt {
    const { summary, events, deleted } = publication;
    if (events.length === 0) this.#intake.take(now);
    const kept = this.#store.kept(summary);
    const news = admit(kept ?? { revision: 0, through: 0 }, publication);
    const receipt = { revision: news.revision, through: news.through, interval: this.#intake.interval };
    if (kept?.revision === news.revision && kept.through === news.through) return receipt;
    this.#feed.append(summary.job_id, news.events, now);
    if (deleted && news.summary) {
      this.#clock.arm(this.#store.remove(summary, news.revision, news.through, now), now);
    } else if (kept === null) {
      if (news.summary) this.#store.insert(summary, news.through);
    } else if (kept.status !== null) {
      if (news.summary) this.#store.update(summary, news.through, kept.status);
      else this.#store.advance(summary, news.through);
    }
    return receipt;
  }
}
