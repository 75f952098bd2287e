import {
  isDirty,
  type Position,
  PUBLISH_INTERVAL,
  type Publication,
  type Receipt,
} from '../../domain/feed/publication';
import { within } from '../kit/within';

/** What the publisher asks of its object. */
export interface PublisherPort {
  /** The job's own position, read from SQL; null where there is nothing to publish. */
  position(): Position | null;
  /** What lies beyond `acknowledged`, read from SQL. */
  read(acknowledged: Position): Publication | null;
  send(publication: Publication): Promise<Receipt>;
  now(): number;
  /** Told of a publication that did not get through. */
  failed(cause: unknown): void;
}

/** Tries within one run; a hole or a long backlog takes several. */
const SENDS_PER_RUN = 20;
/** How long a publication may take before it counts as failed (ms): the index takes repeats. */
const SEND_PATIENCE = 10_000;

/**
 * Sends the index what it lacks of the job. There is no queue: what lies beyond the acknowledged position is still to publish.
 * One publication is under way at a time, and each reads the job when it is sent. Source: protocols §1.
 */
export class Publisher {
  readonly #port: PublisherPort;
  #acknowledged: Position = { revision: 0, events: 0 };
  #flight: Promise<void> | null = null;
  /** When the last publication began, and how long the index asks to be spared. */
  last = Number.NEGATIVE_INFINITY;
  interval = PUBLISH_INTERVAL;
  /** Whether the last publication did not get through. */
  failed = false;

  constructor(port: PublisherPort) {
    this.#port = port;
  }

  /** The newest position the index is known to have; memory may be ahead of the row. */
  get acknowledged(): Position {
    return this.#acknowledged;
  }

  /** Adopts the position a row has; older than what is kept already, it changes nothing. */
  recall(stored: Position): void {
    if (isDirty(stored, this.#acknowledged)) this.#acknowledged = stored;
  }

  /** Resets itself, for another job. */
  forget(): void {
    this.#acknowledged = { revision: 0, events: 0 };
    this.last = Number.NEGATIVE_INFINITY;
  }

  get dirty(): boolean {
    const position = this.#port.position();
    return position !== null && isDirty(position, this.#acknowledged);
  }

  /** Publishes all there is when called. Never throws: what could not be published stays to be published. */
  async publish(): Promise<void> {
    if (this.#flight !== null) await this.#flight;
    if (this.#flight === null) {
      this.#flight = this.#run().finally(() => {
        this.#flight = null;
      });
    }
    await this.#flight;
  }

  async #send(publication: Publication): Promise<Receipt> {
    const answer = this.#port.send(publication);
    if (!(await within(answer, SEND_PATIENCE))) throw new Error('the index does not answer');
    return answer;
  }

  async #run(): Promise<void> {
    try {
      this.failed = this.dirty;
      if (!this.failed) return;
      this.last = this.#port.now();
      for (let sends = 0; sends < SENDS_PER_RUN; sends++) {
        const publication = this.#port.read(this.#acknowledged);
        if (publication === null) break;
        const { revision, through, interval } = await this.#send(publication);
        const before = this.#acknowledged;
        this.#acknowledged = { revision, events: through };
        this.interval = interval;
        const target = { revision: publication.summary.revision, events: publication.through };
        const stuck = before.revision === revision && before.events === through;
        if (stuck) return;
        if (!isDirty(target, this.#acknowledged)) break;
      }
      this.failed = false;
    } catch (cause) {
      this.#port.failed(cause);
    }
  }
}
