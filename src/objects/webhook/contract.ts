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

/** How far an endpoint is. */
export interface EndpointPulse {
  /** Deliveries that were ever made for it, tests included. */
  deliveries: number;
  /** Those of them that wait for another attempt. */
  retries: number;
  /** Up to where it has looked at each shard's feed. */
  through: Record<number, number>;
  /** Since when every attempt has failed (ms); null where the last one did not. */
  failing_since: number | null;
}

/** One endpoint: its place in the feed, its deliveries and their log. */
export interface WebhookObject {
  /** Sets its place to the heads of all shards, of which there are `shards`, unless it has one. */
  begin(shards?: number): Promise<void>;
  /**
   * Something happened: in the feed of `shard`, or (null) to the endpoint's own settings. Where it is yet to happen, within
   * `within` ms, the endpoint looks for it then; one of an older build looks now.
   */
  poke(shard: number | null, within?: number): Promise<void>;
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
  /** Null before it has begun. An object of an older build lacks this. */
  pulse(): Promise<EndpointPulse | null>;
  /** The endpoint is no more: nothing is sent from here on, and nothing stays. */
  erase(): Promise<void>;
}
