import { isFresh } from '../../domain/base/time';
import { log } from '../../log';

/** What the wake list asks of its shard. */
export interface WakePort {
  /** The endpoints that read this shard; null before they are known. Read from SQL. */
  subscribers(): string[] | null;
  /** Reads them from the organization and stores them. */
  learn(): Promise<void>;
  /** Resolves once the endpoint is sure to look for itself. */
  poke(webhookId: string): Promise<void>;
  /** The number of the newest row. */
  head(): number;
  now(): number;
}

/** An endpoint that was not woken is looked after so long after its events at the latest (ms). */
export const WAKE_GUARANTEE = 10_000;
/** An endpoint that is awake and behind is looked after if nothing was heard of it for so long (ms). */
const SILENCE = 90_000;
const RECHECK = 60_000;

interface Reader {
  /** It answered a poke or asked for more: it comes again by itself. */
  awake: boolean;
  /** How far it has read. */
  through: number;
  heardAt: number;
}

/**
 * Which endpoints read this shard and which of them are awake: memory alone. Whoever sleeps is poked after a commit, and
 * so is everyone after a restart; the shard's alarm repeats what did not get through. Source: protocols §2.
 */
export class WakeList {
  readonly #port: WakePort;
  readonly #readers = new Map<string, Reader>();
  readonly #poking = new Map<string, Promise<void>>();
  #learning: Promise<void> | null = null;

  constructor(port: WakePort) {
    this.#port = port;
  }

  /** When the shard's alarm is to look after its readers, once events are written; null where there are none. */
  guarantee(now: number): number | null {
    return this.#port.subscribers()?.length === 0 ? null : now + WAKE_GUARANTEE;
  }

  /** Events were committed: whoever sleeps is poked. Never throws. */
  async appended(): Promise<void> {
    const subscribers = await this.#subscribers();
    const asleep = subscribers.filter((webhookId) => this.#readers.get(webhookId)?.awake !== true);
    await Promise.all(asleep.map((webhookId) => this.#poke(webhookId)));
  }

  /** An endpoint has asked for what follows `through`. */
  heard(webhookId: string, through: number, asleep: boolean): void {
    this.#readers.set(webhookId, { awake: !asleep, through, heardAt: this.#port.now() });
  }

  /** The endpoints that were heard of and have not left. */
  heardOf(): string[] {
    return [...this.#readers.keys()];
  }

  left(webhookId: string): void {
    this.#readers.delete(webhookId);
  }

  /** The alarm's look: pokes whoever has not read to the head, and answers when to look again, or null. */
  async look(): Promise<number | null> {
    const subscribers = await this.#subscribers();
    const now = this.#port.now();
    const behind = subscribers.filter((webhookId) => this.#isBehind(webhookId));
    const lost = behind.filter((webhookId) => {
      const reader = this.#readers.get(webhookId);
      return reader === undefined || !reader.awake || !isFresh(reader.heardAt, now, SILENCE);
    });
    await Promise.all(lost.map((webhookId) => this.#poke(webhookId)));
    if (this.#port.subscribers() === null) return now + WAKE_GUARANTEE;
    if (behind.some((webhookId) => this.#readers.get(webhookId)?.awake !== true)) return now + WAKE_GUARANTEE;
    return behind.length === 0 ? null : now + RECHECK;
  }

  #isBehind(webhookId: string): boolean {
    return (this.#readers.get(webhookId)?.through ?? -1) < this.#port.head();
  }

  async #subscribers(): Promise<string[]> {
    const known = this.#port.subscribers();
    if (known !== null) return known;
    this.#learning ??= this.#port
      .learn()
      .catch((cause) => log('warn', 'subscribers_unknown', { cause }))
      .finally(() => {
        this.#learning = null;
      });
    await this.#learning;
    return this.#port.subscribers() ?? [];
  }

  /** One poke of an endpoint at a time; one that fails leaves it asleep. */
  #poke(webhookId: string): Promise<void> {
    const under = this.#poking.get(webhookId);
    if (under !== undefined) return under;
    const poke = this.#pokeUntilHeard(webhookId);
    this.#poking.set(webhookId, poke);
    return poke;
  }

  /** An endpoint that read and fell asleep before the poke's answer was here may have missed what came since. */
  async #pokeUntilHeard(webhookId: string): Promise<void> {
    try {
      for (let again = true; again; ) {
        const before = this.#readers.get(webhookId);
        await this.#port.poke(webhookId);
        const after = this.#readers.get(webhookId);
        if (after === before) this.heard(webhookId, before?.through ?? -1, false);
        again = after !== before && after?.awake === false && this.#isBehind(webhookId);
      }
    } catch (cause) {
      log('warn', 'poke_failed', { webhook_id: webhookId, cause });
    } finally {
      this.#poking.delete(webhookId);
    }
  }
}
