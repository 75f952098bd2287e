import { type FeedPage, tellsOfProgress } from '../../domain/feed/feed';
import type { PullAsk } from './contract';
import type { FeedStore } from './feed-store';
import type { Looks } from './looks';
import type { SubscriberStore } from './subscriber-store';
import type { WakeList } from './wake-list';

interface EndpointPagesParts {
  feed: FeedStore;
  looks: Looks;
  subscribers: SubscriberStore;
  wakeList: WakeList;
  transact<Answer>(work: () => Answer): Answer;
}

/** Pages of a shard’s feed for endpoints, which it knows and wakes from then on. */
export class EndpointPages {
  readonly #parts: EndpointPagesParts;

  constructor(parts: EndpointPagesParts) {
    this.#parts = parts;
  }

  /**
   * An endpoint sleeps once it has said so and there was nothing for it: decided in the turn in which the feed was read, so
   * that no event comes between.
   */
  pull({ webhook_id, after, intent, ...ask }: PullAsk): FeedPage {
    const { feed, looks, subscribers, wakeList } = this.#parts;
    const was = looks.watched;
    this.#subscribe(webhook_id, intent !== 'leave', tellsOfProgress(ask));
    if (subscribers.followProgress) looks.followed(was);
    const page = feed.page({ ...ask, after: after ?? feed.head() });
    const atHead = page.events.length === 0 && page.through >= page.head;
    if (intent === 'leave') wakeList.left(webhook_id);
    else {
      const heard = page.events.length === 0 ? page.through : (after ?? 0);
      wakeList.heard(webhook_id, heard, atHead && intent === 'sleep');
    }
    return page;
  }

  /** Keeps who reads the shard. One that was never written has nothing to read, and learns of them with its first event. */
  #subscribe(webhookId: string, reads: boolean, progress: boolean): void {
    const { subscribers, transact } = this.#parts;
    if (subscribers.all() === null || subscribers.knows(webhookId, reads ? progress : null)) return;
    transact(() => {
      if (reads) subscribers.add(webhookId, progress);
      else subscribers.remove(webhookId);
    });
  }
}
