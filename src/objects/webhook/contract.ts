import type { Delivery, DeliveryStatus } from '../../domain/webhook/webhook';

/** What an endpoint's object is asked and answers, over RPC. */

/** Which deliveries a list shows. Absent fields don't filter; statuses are alternatives. */
export interface DeliveryFilter {
  status?: DeliveryStatus[] | undefined;
  event_id?: string | undefined;
  event_type?: string | undefined;
  job_id?: string | undefined;
}

/** A page of deliveries, newest first. */
export interface DeliveryPage {
  deliveries: Delivery[];
  /** The next page is of the deliveries before this one; null on the last page. */
  next: number | null;
}

/** One endpoint: its place in the feed, its deliveries and their log. */
export interface WebhookObject {
  /** Sets its place to the heads of all shards, unless it has one. */
  begin(): Promise<void>;
  /** Something happened: in the feed of `shard`, or (null) to the endpoint's own settings. */
  poke(shard: number | null): Promise<void>;
  /** Queues a message that shows whether the endpoint is reached; null where it has no place in the feed. */
  sendTest(): Promise<Delivery | null>;
  /**
   * Deliveries before the `before`th, newest first. `paged` asks for a page, which looks at so many rows and no more; a
   * list is what a Worker of an older build asks for, and what an object of one answers.
   */
  deliveries(
    filter: DeliveryFilter,
    before: number | null,
    limit: number,
    paged?: boolean,
  ): Promise<Delivery[] | DeliveryPage>;
  /** Starts the `n`th delivery again, or brings its next attempt forward; null where there is none. */
  redeliver(n: number): Promise<Delivery | null>;
  /** The endpoint is no more: nothing is sent from here on, and nothing stays. */
  erase(): Promise<void>;
}
