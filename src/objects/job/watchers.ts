import { PING, PONG } from '../../domain/base/ping';
import { ACKNOWLEDGEMENT_WINDOW, isClosing, isSettled, isTerminal, type Job } from '../../domain/job/job';
import { log } from '../../log';
import { DeliveryPace } from '../kit/delivery-pace';
import { catchUp, snapshot } from './catch-up';
import type { JobSockets } from './job-sockets';
import type { JobStore, Stored } from './job-store';
import type { WatchAsk, WatchMessage } from './watch-contract';
import { WatcherGroups, type WatcherPlace } from './watcher-groups';

const NEVER = Number.POSITIVE_INFINITY;
/** Characters that one delivery sends, unless one watcher's share is more: the rest follows with the next. */
const DELIVERY = 8_388_608;
/** Characters that one delivery makes of what is stored, for groups that stand at different places. */
const MADE = 1_048_576;
/** Characters of a catch-up in one delivery: no more than waits for a slow reader. */
const SHARE = 524_288;

/** What the watchers at one place are told, and where they stand then. */
interface News {
  texts: string[];
  place: WatcherPlace;
  /** Whether they know all there is by then. */
  complete: boolean;
}

/**
 * Those who watch the job, each over a socket that hibernates: a watched, quiet job costs nothing. What is told to all
 * that have got equally far is made once. A watcher whose socket is lost comes back and says how far it has got.
 */
export class Watchers {
  readonly #ctx: DurableObjectState;
  readonly #hub: JobSockets;
  readonly #store: JobStore;
  readonly #groups: WatcherGroups;
  readonly #pace = new DeliveryPace();
  #scheduled = false;

  constructor(ctx: DurableObjectState, hub: JobSockets, store: JobStore) {
    this.#ctx = ctx;
    this.#hub = hub;
    this.#store = store;
    this.#groups = new WatcherGroups(hub.of('watch'));
  }

  /** Sends what an instance that is gone had still to send. */
  wake(): void {
    void this.changed(true);
  }

  /** How many watch. Whoever reports over a socket and watches too is not meant. */
  get count(): number {
    return Math.max(this.#hub.count('watch') - this.#hub.count('report'), 0);
  }

  /** Accepts a watcher, which is told what it lacks: 101 with its socket, 204 where nothing will follow, 503 where there is no room. */
  accept(stored: Stored, { after, wants, tokens }: WatchAsk, now: number): Response {
    const { revision } = stored.job;
    const settled = isOver(stored, now);
    if (settled && after === revision && wants === 'all') return new Response(null, { status: 204 });
    const pair = this.#hub.accept('watch');
    if (pair === null) return new Response(null, { status: 503 });
    const { ours, theirs } = pair;
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const whole = after === null && wants === 'all';
    if (whole) ours.send(toText(snapshot(this.#store, stored, false)));
    const known = wants === 'end' ? 0 : (after ?? revision);
    const place = { revision: known, wants, whole, byToken: tokens !== undefined };
    this.#groups.move(ours, place);
    // Those who come back at once from one place are told together what they lack.
    if (wants === 'all' && known !== revision) this.#deliverLater();
    else this.#tell(ours, this.#news(stored, place, settled), settled);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** Closes the sockets that were opened by a token: it is revoked, and whoever comes back is told so. */
  dismissTokens(): void {
    const byToken = this.#groups.all().filter(({ place }) => place.byToken);
    for (const { sockets } of byToken) this.#dismiss(sockets, 1000, 'revoked');
  }

  /** A socket is closed, or broken. */
  gone(socket: WebSocket): void {
    this.#groups.leave(socket);
    this.#hub.gone(socket);
  }

  /** Sends a commit once it is on the disk: at once where it is `urgent`, else when the interval is over. */
  async changed(urgent: boolean): Promise<void> {
    if (this.#hub.count('watch') === 0) return;
    try {
      await this.#ctx.storage.sync();
    } catch {
      // The object is lost, and its sockets with it: each watcher comes back to the next instance.
      return;
    }
    if (urgent || this.#pace.wait(Date.now()) <= 0) this.#deliver();
    else this.#deliverLater();
  }

  /** When the watched job settles by the clock alone; Infinity where it does not. */
  due({ cancellation }: Job, now: number): number {
    if (cancellation === null || !isClosing({ cancellation }, now)) return NEVER;
    if (this.#hub.count('watch') === 0) return NEVER;
    return cancellation.requested_at + ACKNOWLEDGEMENT_WINDOW;
  }

  #deliverLater(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const later = async () => {
      await scheduler.wait(Math.max(this.#pace.wait(Date.now()), 1));
      this.#scheduled = false;
      this.#deliver();
    };
    void later();
  }

  /** Sends all watchers what they lack of the job as it is. Where that breaks, their sockets are closed and they come back. */
  #deliver(): void {
    const began = Date.now();
    try {
      const stored = this.#store.load();
      if (stored === null) this.#dismiss(this.#hub.of('watch'), 1000, 'gone');
      else if (this.#bring(stored, isOver(stored, began))) void this.#time(began);
    } catch (cause) {
      log('error', 'delivery_failed', { job_id: this.#store.jobId, cause });
      this.#dismiss(this.#hub.of('watch'), 1011, 'delivery failed');
    }
  }

  /** Measures how long a delivery took: the object's clock stands still until it has waited for something. */
  async #time(began: number): Promise<void> {
    this.#pace.delivered(began, began);
    await scheduler.wait(0);
    this.#pace.delivered(began, Date.now());
  }

  /** Whether there was anything to tell. Groups for which there is nothing are not looked into. */
  #bring(stored: Stored, settled: boolean): boolean {
    let [sent, made] = [0, 0];
    for (const { place, sockets } of this.#groups.all()) {
      if (sent >= DELIVERY || made >= MADE) break;
      const news = this.#news(stored, place, settled);
      const characters = news.texts.reduce((sum, { length }) => sum + length, 0);
      if (characters === 0) continue;
      made += characters;
      // A copy: whom it tells moves to another group, or to this one.
      for (const socket of [...sockets]) {
        if (sent >= DELIVERY) break;
        this.#tell(socket, news, settled);
        sent += characters;
      }
      if (!news.complete) this.#deliverLater();
    }
    if (sent >= DELIVERY || made >= MADE) this.#deliverLater();
    return sent > 0;
  }

  #tell(socket: WebSocket, { texts, place, complete }: News, settled: boolean): void {
    if (socket.readyState !== WebSocket.OPEN) {
      this.gone(socket);
      return;
    }
    for (const text of texts) socket.send(text);
    if (settled && complete) this.#dismiss([socket], 1000, 'settled');
    else if (texts.length > 0) this.#groups.move(socket, place);
  }

  #news(stored: Stored, place: WatcherPlace, settled: boolean): News {
    const { revision, status } = stored.job;
    if (place.wants !== 'all') {
      const moved = place.wants === 'end' ? isTerminal(status) : revision > place.revision || settled;
      const texts = moved ? [toText({ type: 'moved', revision })] : [];
      const known = place.wants === 'end' ? 0 : revision;
      return { texts, place: { ...place, revision: known }, complete: true };
    }
    let [told, whole, characters] = [place.revision, place.whole, 0];
    const texts: string[] = [];
    const messages = revision === told ? [] : catchUp(this.#store, stored, told, !whole);
    for (const message of messages) {
      const text = toText(message);
      texts.push(text);
      characters += text.length;
      // A part without the job leaves out what is news of its content: it is told whole with the last one.
      [told, whole] = [message.revision, message.type === 'snapshot' || message.job !== null];
      if (characters >= SHARE) break;
    }
    const complete = told === revision;
    if (settled && complete) texts.push(toText({ type: 'end', revision }));
    return { texts, place: { ...place, revision: told, whole }, complete };
  }

  #dismiss(
    sockets: Iterable<WebSocket>,
    code: number,
    reason: 'settled' | 'gone' | 'revoked' | 'delivery failed',
  ): void {
    for (const socket of [...sockets]) {
      this.gone(socket);
      socket.close(code, reason);
    }
  }
}

/** Whether nothing can change any more but the job's removal. Source: behaviour §1. */
function isOver({ job, books }: Stored, now: number): boolean {
  return books.deleted_at !== null || isSettled(job, now);
}

function toText(message: WatchMessage): string {
  return JSON.stringify(message);
}
