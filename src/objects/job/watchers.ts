import { PING, PONG } from '../../domain/base/ping';
import { ACKNOWLEDGEMENT_WINDOW, isClosing, isTerminal, type Job } from '../../domain/job/job';
import { log } from '../../log';
import { catchUp, snapshot } from './catch-up';
import type { JobStore, Stored } from './job-store';
import { openSockets, takeSocket } from './sockets';
import type { Wants, WatchAsk, WatchMessage } from './watch-contract';

/** Progress is told at most this often (ms); a change of status at once. Source: protocols §5. */
const DELIVERY_INTERVAL = 100;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * What a socket's wake-up needs: how far its watcher has been told, what it wants, whether it has the content whole, and
 * whether it came by a token.
 */
interface Attachment {
  revision: number;
  wants: Wants;
  whole: boolean;
  byToken: boolean;
}

/**
 * Those who watch the job, each over a socket that hibernates: a watched, quiet job costs nothing. One delivery is
 * made for all that have got equally far. A watcher whose socket is lost comes back and says how far it has got.
 */
export class Watchers {
  readonly #ctx: DurableObjectState;
  readonly #store: JobStore;
  #last = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(ctx: DurableObjectState, store: JobStore) {
    this.#ctx = ctx;
    this.#store = store;
  }

  /** Tells what an instance that is gone had still to tell. */
  wake(): void {
    void this.changed(true);
  }

  /** How many watch. Who reports over a socket watches too, and is not meant. */
  get count(): number {
    return Math.max(this.#sockets().length - openSockets(this.#ctx, 'report').length, 0);
  }

  /** Takes a watcher in and tells it what it lacks: 101 with its socket, 204 where nothing will follow, 503 where there is no room. */
  accept(stored: Stored, { after, wants, tokens }: WatchAsk, now: number): Response {
    const { revision } = stored.job;
    const settled = isSettled(stored, now);
    if (settled && after === revision && wants === 'all') return new Response(null, { status: 204 });
    const pair = takeSocket(this.#ctx, 'watch');
    if (pair === null) return new Response(null, { status: 503 });
    const { ours, theirs } = pair;
    const byToken = tokens !== undefined;
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    if (after === null && wants === 'all') {
      ours.send(toText(snapshot(this.#store, stored, false)));
      ours.serializeAttachment({ revision, wants, whole: true, byToken } satisfies Attachment);
    } else {
      const at = { revision: after ?? revision, wants, whole: false, byToken };
      ours.serializeAttachment(at satisfies Attachment);
    }
    this.#bring([ours], stored, settled);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** Sends those away that came by a token: what they hold is revoked, and they are told so when they come back. */
  dismissTokens(): void {
    const byToken = this.#sockets().filter(
      (socket) => (socket.deserializeAttachment() as Attachment).byToken,
    );
    farewell(byToken, 'revoked');
  }

  /** Tells of a commit once it is on the disk: at once where it is `urgent`, else when the interval is over. */
  async changed(urgent: boolean): Promise<void> {
    if (this.#sockets().length === 0) return;
    try {
      await this.#ctx.storage.sync();
    } catch {
      // The object is lost, and its sockets with it: each watcher comes back to the next instance.
      return;
    }
    const wait = urgent ? 0 : this.#last + DELIVERY_INTERVAL - Date.now();
    if (wait <= 0) this.#deliver();
    else void this.#deliverIn(wait);
  }

  /** When the watched job settles by the clock alone; Infinity where it does not. */
  due({ cancellation }: Job, now: number): number {
    if (cancellation === null || !isClosing({ cancellation }, now)) return NEVER;
    if (this.#sockets().length === 0) return NEVER;
    return cancellation.requested_at + ACKNOWLEDGEMENT_WINDOW;
  }

  async #deliverIn(wait: number): Promise<void> {
    if (this.#scheduled) return;
    this.#scheduled = true;
    await scheduler.wait(wait);
    this.#scheduled = false;
    this.#deliver();
  }

  /** Brings all watchers up to the job as it is. Where that breaks, they are sent away and come back. */
  #deliver(): void {
    const sockets = this.#sockets();
    if (sockets.length === 0) return;
    const now = Date.now();
    try {
      const stored = this.#store.load();
      if (stored === null) farewell(sockets, 'gone');
      else if (this.#bring(sockets, stored, isSettled(stored, now))) this.#last = now;
    } catch (cause) {
      log('error', 'delivery_failed', { job_id: this.#store.jobId, cause });
      for (const socket of sockets) socket.close(1011, 'delivery failed');
    }
  }

  /** Whether there was anything to tell. */
  #bring(sockets: readonly WebSocket[], stored: Stored, settled: boolean): boolean {
    const { revision } = stored.job;
    const made = new Map<string, string[]>();
    for (const socket of sockets) {
      const at = socket.deserializeAttachment() as Attachment;
      const kind = JSON.stringify(at);
      const texts = made.get(kind) ?? Array.from(this.#news(stored, at, settled), toText);
      made.set(kind, texts);
      for (const text of texts) socket.send(text);
      if (texts.length > 0) socket.serializeAttachment({ ...at, revision, whole: true });
    }
    if (settled) farewell(sockets, 'settled');
    return [...made.values()].some((texts) => texts.length > 0);
  }

  *#news(stored: Stored, at: Attachment, settled: boolean): Generator<WatchMessage> {
    const { revision, status } = stored.job;
    if (at.wants === 'all') {
      if (revision !== at.revision) yield* catchUp(this.#store, stored, at.revision, !at.whole);
      if (settled) yield { type: 'end', revision };
    } else if (at.wants === 'end' ? isTerminal(status) : revision > at.revision || settled) {
      yield { type: 'moved', revision };
    }
  }

  #sockets(): WebSocket[] {
    return openSockets(this.#ctx, 'watch');
  }
}

/** Whether nothing can change any more but the job's removal. Source: behaviour §1. */
function isSettled({ job, books }: Stored, now: number): boolean {
  return books.deleted_at !== null || (isTerminal(job.status) && !isClosing(job, now));
}

function toText(message: WatchMessage): string {
  return JSON.stringify(message);
}

function farewell(sockets: readonly WebSocket[], reason: 'settled' | 'gone' | 'revoked'): void {
  for (const socket of sockets) socket.close(1000, reason);
}
