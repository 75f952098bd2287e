import type { Rejection } from '../../domain/base/rejection';
import type { Restatement } from '../../domain/feed/drift';
import {
  type CreationTerms,
  EVENTS_PER_PUBLICATION,
  isDirty,
  type Position,
  PUBLICATION_GUARANTEE,
  PUBLISH_INTERVAL,
  type Publication,
  type Receipt,
} from '../../domain/feed/publication';
import {
  type NewsKind,
  type Pace,
  publicationDue,
  publishesAtOnce,
  UNWATCHED_INTERVAL,
} from '../../domain/feed/publishing-pace';
import { within } from '../../within';

/** What the publisher asks of its object. */
export interface PublisherPort {
  /** The job's own position, read from SQL; null where there is nothing to publish. */
  position(): Position | null;
  /** What lies beyond `acknowledged`, read from SQL. */
  read(acknowledged: Position): Publication | null;
  /** Whether there are audit records that the index has not confirmed. */
  carries(): boolean;
  /** The index has the oldest `count` of them. */
  confirm(count: number): void;
  send(publication: Publication): Promise<Receipt>;
  now(): number;
  /** Told of a publication that did not get through. */
  failed(cause: unknown): void;
}

/** What the job's row keeps of its publishing. It rides on the rows that are written anyway. */
export interface PublishingMarks {
  pub_revision: number;
  pub_events: number;
  /** When the last publication began (ms), null for never. */
  pub_at: number | null;
  /** How often the index wants progress (ms), null where the row is of an older build. */
  pub_interval: number | null;
}

export const NO_MARKS: PublishingMarks = { pub_revision: 0, pub_events: 0, pub_at: null, pub_interval: null };

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
  #pace: Pace = freshPace();
  /** How often somebody said that the job is looked at. */
  #looks = 0;
  /** How many jobs it had before: what is on its way for one that is gone tells nothing of another. */
  #lives = 0;
  /** Under what terms the index may refuse the job; null once it may not. */
  #terms: CreationTerms | null = null;
  #refusal: Rejection | null = null;
  #typicalSeconds: number | null = null;
  /** Whether the last publication did not get through. */
  failed = false;

  constructor(port: PublisherPort) {
    this.#port = port;
  }

  /** The newest position the index is known to have; memory may be ahead of the row. */
  get acknowledged(): Position {
    return this.#acknowledged;
  }

  /** Adopts what a row has; older than what is kept already, it changes nothing. */
  recall({ pub_revision, pub_events, pub_at, pub_interval }: PublishingMarks): void {
    const stored = { revision: pub_revision, events: pub_events };
    if (isDirty(stored, this.#acknowledged)) this.#acknowledged = stored;
    if (this.#pace.last > Number.NEGATIVE_INFINITY) return;
    this.#pace.last = pub_at ?? Number.NEGATIVE_INFINITY;
    this.#pace.interval = pub_interval ?? this.#pace.interval;
  }

  /** What a row is to keep; `at` is when the last publication is to have begun for whoever knows only the row (ms). */
  marks(at = this.#pace.last): PublishingMarks {
    const { interval } = this.#pace;
    return {
      pub_revision: this.#acknowledged.revision,
      pub_events: this.#acknowledged.events,
      pub_at: at === Number.NEGATIVE_INFINITY ? null : at,
      pub_interval: interval,
    };
  }

  /**
   * Whether an instance that knows only the row would take what is published for a backlog, publish again what was just
   * published, or publish far too often or too seldom.
   */
  outgrew({ pub_events, pub_at, pub_interval }: PublishingMarks): boolean {
    const { last, interval } = this.#pace;
    const kept = pub_interval ?? UNWATCHED_INTERVAL;
    return (
      this.#acknowledged.events - pub_events > EVENTS_PER_PUBLICATION ||
      last - (pub_at ?? Number.NEGATIVE_INFINITY) >= Math.max(interval, PUBLICATION_GUARANTEE) ||
      Math.max(kept, interval) >= 10 * Math.min(kept, interval)
    );
  }

  /** Somebody looks at the job: the index wants its progress every `interval` (ms) from here on. */
  lookedAt(interval: number): void {
    this.#looks += 1;
    this.#pace.interval = interval;
  }

  /** From here on until `settle` the index may refuse the job, which was just made. */
  offer(terms: CreationTerms | null): void {
    [this.#terms, this.#refusal, this.#typicalSeconds] = [terms, null, null];
  }

  /** Why the index has refused the job; null where it has not, and then it may not any more. */
  settle(): Rejection | null {
    this.#terms = null;
    return this.#refusal;
  }

  /** What the index said of the job's type when it took the job; null where it said nothing, or too late. */
  get typicalSeconds(): number | null {
    return this.#typicalSeconds;
  }

  /** Whether the index has refused the job. */
  get refused(): boolean {
    return this.#refusal !== null;
  }

  /** All there is, with the events behind the `after`th or else the newest, for an index that asks. */
  restate(after: number | null): Restatement | null {
    const events = this.#port.position()?.events ?? 0;
    const from = after ?? Math.max(events - EVENTS_PER_PUBLICATION, 0);
    const found = this.#port.read({ revision: 0, events: from });
    if (found === null) return null;
    const { audit: _, ...publication } = found;
    return { publication, told: !this.dirty };
  }

  /** Whether a commit is followed by a publication. */
  publishesAtOnce(kind: NewsKind, now: number): boolean {
    return publishesAtOnce(kind, now, this.#paceNow());
  }

  /** When the alarm is to publish a commit at the latest (ms). */
  due(kind: NewsKind, now: number): number {
    return publicationDue(kind, now, this.#paceNow());
  }

  /** After a publication that did not get through any report tries again, every two seconds. */
  #paceNow(): Pace {
    if (!this.failed) return this.#pace;
    return { ...this.#pace, interval: Math.min(this.#pace.interval, PUBLISH_INTERVAL) };
  }

  /** Resets itself, for another job. */
  forget(): void {
    this.#lives += 1;
    this.failed = false;
    this.#acknowledged = { revision: 0, events: 0 };
    this.#pace = freshPace();
    this.offer(null);
  }

  get dirty(): boolean {
    const position = this.#port.position();
    return position !== null && (isDirty(position, this.#acknowledged) || this.#port.carries());
  }

  /**
   * Whether an alarm run has to publish: something failed, an event or an audit record waits, or progress does and its
   * time has come.
   */
  presses(now: number): boolean {
    const position = this.#port.position();
    if (position === null) return false;
    if (!isDirty(position, this.#acknowledged)) return this.#port.carries();
    const events = position.events > this.#acknowledged.events;
    return events || this.failed || this.publishesAtOnce('progress', now) || this.#port.carries();
  }

  /**
   * Publishes all there is when called; `kind` is what called for it. Never throws: what could not be published stays
   * to be published.
   */
  async publish(kind: NewsKind = 'progress'): Promise<void> {
    if (kind === 'stage') this.#pace.lastStage = this.#port.now();
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
    const life = this.#lives;
    try {
      if (!this.dirty) {
        this.failed = false;
        return;
      }
      this.#pace.last = this.#port.now();
      for (let sends = 0; sends < SENDS_PER_RUN; sends++) {
        const publication = this.#port.read(this.#acknowledged);
        if (publication === null) break;
        const looks = this.#looks;
        const terms = this.#terms;
        const receipt = await this.#send(terms === null ? publication : { ...publication, creation: terms });
        if (life !== this.#lives) return;
        if (receipt.refused !== undefined) {
          // Where the job was answered for meanwhile it stands, and is told again without the terms.
          if (this.#terms === null) continue;
          this.#refusal = receipt.refused;
          break;
        }
        const { revision, through, interval, audited = 0, typical_seconds = null } = receipt;
        // The same where the index has entered with the job what came too late to be its own.
        if (this.#terms === null && terms !== null && typical_seconds !== null) continue;
        if (this.#terms !== null) this.#typicalSeconds ??= typical_seconds;
        // A receipt that was on its way knows nothing of who looked meanwhile.
        this.#pace.interval = looks === this.#looks ? interval : Math.min(interval, this.#pace.interval);
        const before = this.#acknowledged;
        this.#acknowledged = { revision, events: through };
        const target = { revision: publication.summary.revision, events: publication.through };
        if (audited > 0) this.#port.confirm(audited);
        const stuck = before.revision === revision && before.events === through && audited === 0;
        if (stuck) {
          this.failed = true;
          return;
        }
        if (!isDirty(target, this.#acknowledged) && !this.#port.carries()) break;
      }
      this.failed = false;
    } catch (cause) {
      if (life !== this.#lives) return;
      this.failed = true;
      this.#port.failed(cause);
    }
  }
}

function freshPace(): Pace {
  const never = Number.NEGATIVE_INFINITY;
  return { last: never, lastStage: never, interval: UNWATCHED_INTERVAL };
}
