import { type FollowedEvent, HeadwayError } from '../../client/page.ts';
import type { WatchingHeadway } from '../../client/watching-headway.ts';
import { seen } from './seen.ts';

/** Whether what is shown is up to date: events come, are caught up with, or have stopped coming. */
export type Line = 'live' | 'catching up' | 'offline';

export interface SharedEventsParts {
  /** Names whose events these are: tabs of the same name share one stream. */
  name: string;
  service: Pick<WatchingHeadway, 'events' | 'readEvents'>;
  /** Where the leader is frozen, reads by itself. */
  alone: boolean;
  onEvent(event: FollowedEvent): void;
  onLine(line: Line): void;
  /** Says why nothing comes for now; true where nothing will any more. */
  onRefused(error: unknown): boolean;
  /** What is shown has to be asked for anew, and then followed from there. */
  onLost(): void;
}

/** A tab that leads says so this often (ms); one that was not heard for three times as long is taken for frozen. */
const BEAT = 4_000;
const FROZEN = 3 * BEAT;
/** After which what was refused is asked for again (ms). */
const PAUSE = 30_000;

/** `from` is who leads. */
type Message =
  | { hello: true }
  | { from: string; connected: boolean }
  | { from: string; event: FollowedEvent };

/**
 * The events of an organization, over one stream for all tabs of a browser: whoever has the lock reads and passes on. A tab
 * without locks or channels, or with a leader that is frozen, reads by itself. Events may come twice, and none is missing:
 * a tab that comes under another leader reads from its own cursor to the end what that one may have passed on before.
 */
export class SharedEvents {
  readonly #parts: SharedEventsParts;
  readonly #channel: BroadcastChannel | null;
  readonly #end = new AbortController();
  readonly #id = `${Date.now()} ${Math.random()}`;
  /** All that is behind it this tab has had. */
  #cursor = '';
  /** What this tab takes part in, as leader or not. */
  #part: AbortController | null = null;
  /** The stream that it reads itself. */
  #own: AbortController | null = null;
  #connected = false;
  #leads = false;
  /** Whose events this tab has without a gap since its cursor. */
  #leader: string | null = null;
  #catching = false;
  #heard = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #unsee: () => void;

  constructor(parts: SharedEventsParts) {
    this.#parts = parts;
    const shared = 'locks' in navigator && 'BroadcastChannel' in globalThis;
    this.#channel = shared ? new BroadcastChannel(`headway feed ${parts.name}`) : null;
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#unsee = seen.subscribe(() => this.#turn());
  }

  /** Begins behind `cursor`, or goes on from there once what is shown was asked for anew. */
  follow(cursor: string): void {
    this.#forget();
    this.#cursor = cursor;
    this.#leave();
    this.#turn();
  }

  /** Says why nothing was answered, and asks again after a pause, unless that is of no use. */
  retry(error: unknown): void {
    if (this.#end.signal.aborted || this.#parts.onRefused(error)) return;
    if (this.#part === null) this.#parts.onLine('offline');
    this.#forget();
    this.#again = setTimeout(() => {
      this.#forget();
      this.#parts.onLost();
    }, PAUSE);
  }

  stop(): void {
    this.#end.abort();
    this.#unsee();
    this.#forget();
    this.#leave();
    this.#channel?.close();
  }

  #join(): void {
    this.#parts.onLine('catching up');
    const part = new AbortController();
    this.#part = part;
    if (this.#channel === null) {
      this.#read(part.signal);
      return;
    }
    this.#heard = Date.now();
    this.#post({ hello: true });
    navigator.locks
      .request(`headway feed ${this.#parts.name}`, { signal: part.signal }, () => this.#lead(part.signal))
      .catch(() => undefined);
    this.#watch = setInterval(() => {
      const isFrozen = !this.#leads && Date.now() - this.#heard > FROZEN;
      if (isFrozen && this.#parts.alone) this.#read(part.signal);
    }, BEAT);
  }

  #leave(): void {
    clearInterval(this.#watch);
    this.#part?.abort();
    this.#part = null;
    this.#own = null;
    this.#leads = false;
    this.#connected = false;
    this.#leader = null;
  }

  /** Holds the lock for as long as this tab is part of it. */
  #lead(signal: AbortSignal): Promise<void> {
    this.#leads = true;
    this.#read(signal);
    const beat = setInterval(() => this.#post({ from: this.#id, connected: this.#connected }), BEAT);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        clearInterval(beat);
        resolve();
      });
    });
  }

  #read(part: AbortSignal): void {
    if (this.#own !== null) return;
    const own = new AbortController();
    this.#own = own;
    void this.#follow(AbortSignal.any([part, own.signal]));
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const told = (connected: boolean) => {
      if (signal.aborted) return;
      this.#connected = connected;
      this.#parts.onLine(connected ? 'live' : 'offline');
      if (this.#leads) this.#post({ from: this.#id, connected });
    };
    try {
      for await (const event of this.#parts.service.events({ after: this.#cursor, signal, told })) {
        if (this.#leads) this.#post({ from: this.#id, event });
        this.#cursor = event.cursor;
        this.#parts.onEvent(event);
      }
    } catch (error) {
      this.#lose(error, signal);
    }
  }

  #hear(message: Message): void {
    if ('hello' in message) {
      if (this.#leads && this.#connected) this.#post({ from: this.#id, connected: true });
      return;
    }
    if (this.#leads || this.#part === null) return;
    this.#heard = Date.now();
    if (this.#own !== null) {
      // The leader is awake again, or there is another: what this tab reads besides is not needed.
      this.#own.abort();
      this.#own = null;
      this.#leader = null;
    }
    const isWhole = this.#leader === message.from;
    const stands = 'event' in message || message.connected;
    if ('event' in message) {
      if (isWhole) this.#cursor = message.event.cursor;
      this.#parts.onEvent(message.event);
    } else this.#parts.onLine(!stands ? 'offline' : isWhole ? 'live' : 'catching up');
    if (stands && !isWhole) void this.#catchUp(message.from, this.#part.signal);
  }

  /** Reads to the end what happened behind the cursor. The stream of the leader stands already: what comes then is passed on. */
  async #catchUp(leader: string, signal: AbortSignal): Promise<void> {
    if (this.#catching) return;
    this.#catching = true;
    try {
      for (;;) {
        const after = this.#cursor;
        const { events, next_cursor } = await this.#parts.service.readEvents({ after, limit: 100, signal });
        // Meanwhile this tab may read by itself, from the same cursor.
        if (signal.aborted || this.#own !== null) return;
        for (const event of events) this.#parts.onEvent({ ...event, cursor: next_cursor });
        this.#cursor = next_cursor;
        // A page may be empty before the end: its cursor has moved then.
        if (next_cursor === after) break;
      }
      this.#leader = leader;
      this.#parts.onLine('live');
    } catch (error) {
      // What passes is tried again at the leader’s next word.
      if (!(error instanceof HeadwayError) || !error.passing) this.#lose(error, signal);
    } finally {
      this.#catching = false;
    }
  }

  #lose(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || !(error instanceof HeadwayError)) return;
    this.#leave();
    // The feed begins behind the cursor by now: from its end on nothing is in the way.
    if (error.code === 'cursor_expired') this.#parts.onLost();
    else this.retry(error);
  }

  #post(message: Message): void {
    if (!this.#end.signal.aborted) this.#channel?.postMessage(message);
  }

  /** Takes part while the page is seen, from its first cursor on, but in the pause after a refusal. */
  #turn(): void {
    if (seen.peek()) {
      if (this.#cursor !== '' && this.#part === null && this.#again === undefined) this.#join();
    } else if (this.#part !== null) {
      this.#leave();
      this.#parts.onLine('catching up');
    }
  }

  #forget(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
  }
}
