import { type FollowedEvent, HeadwayError } from '../../client/page.ts';

/** Whether what is shown is up to date: events come, are caught up with, or have stopped coming. */
export type Line = 'live' | 'catching up' | 'offline';

export interface SharedEventsParts {
  /** Names whose events these are: tabs of the same name share one stream. */
  name: string;
  /** Opens the stream behind a cursor, and tells of its connection. */
  open(after: string, signal: AbortSignal, told: (connected: boolean) => void): AsyncIterable<FollowedEvent>;
  onEvent(event: FollowedEvent): void;
  onLine(line: Line): void;
  /** The cursor has left the feed, or was refused: what is shown has to be asked for anew. */
  onLost(error: unknown): void;
}

/** A tab that leads says so this often (ms); one that was not heard for three times as long is taken for frozen. */
const BEAT = 4_000;
const FROZEN = 3 * BEAT;
/** How long a page may be hidden before its stream is closed (ms). */
const HIDDEN = 60_000;

type Message = { event: FollowedEvent } | { connected: boolean } | { hello: true };

/**
 * The events of an organization, over one stream for all tabs of a browser: whoever has the lock reads and passes on. A tab
 * without locks or channels, or with a leader that is frozen, reads by itself. Events may come twice.
 */
export class SharedEvents {
  readonly #parts: SharedEventsParts;
  readonly #channel: BroadcastChannel | null;
  readonly #end = new AbortController();
  #cursor = '';
  /** What this tab takes part in, as leader or not. */
  #part: AbortController | null = null;
  /** The stream that it reads itself. */
  #own: AbortController | null = null;
  #connected = false;
  #leads = false;
  #heard = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SharedEventsParts) {
    this.#parts = parts;
    const shared = 'locks' in navigator && 'BroadcastChannel' in globalThis;
    this.#channel = shared ? new BroadcastChannel(`headway ${parts.name}`) : null;
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
  }

  /** Begins behind `cursor`: what was passed on before may be older. */
  start(cursor: string): void {
    this.#cursor = cursor;
    document.addEventListener('visibilitychange', () => this.#turn(), { signal: this.#end.signal });
    this.#join();
  }

  /** A cursor to go on from, after what is shown was asked for anew. */
  resume(cursor: string): void {
    this.#cursor = cursor;
    this.#leave();
    this.#join();
  }

  stop(): void {
    this.#end.abort();
    clearTimeout(this.#hiding);
    this.#leave();
    this.#channel?.close();
  }

  #join(): void {
    this.#parts.onLine('catching up');
    if (this.#channel === null) {
      this.#read();
      return;
    }
    const turn = new AbortController();
    this.#part = turn;
    this.#heard = Date.now();
    this.#post({ hello: true });
    navigator.locks
      .request(`headway ${this.#parts.name}`, { signal: turn.signal }, () => this.#lead(turn.signal))
      .catch(() => undefined);
    this.#watch = setInterval(() => {
      if (!this.#leads && Date.now() - this.#heard > FROZEN) this.#read(turn.signal);
    }, BEAT);
  }

  #leave(): void {
    clearInterval(this.#watch);
    this.#part?.abort();
    this.#part = null;
    this.#own?.abort();
    this.#own = null;
    this.#leads = false;
  }

  /** Holds the lock for as long as this tab is part of it. */
  #lead(signal: AbortSignal): Promise<void> {
    this.#leads = true;
    this.#read(signal);
    const beat = setInterval(() => this.#post({ connected: this.#connected }), BEAT);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        clearInterval(beat);
        resolve();
      });
    });
  }

  #read(outer?: AbortSignal): void {
    if (this.#own !== null) return;
    const own = new AbortController();
    this.#own = own;
    outer?.addEventListener('abort', () => own.abort());
    void this.#follow(own.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const told = (connected: boolean) => {
      this.#connected = connected;
      this.#parts.onLine(connected ? 'live' : 'offline');
      if (this.#leads) this.#post({ connected });
    };
    try {
      for await (const event of this.#parts.open(this.#cursor, signal, told)) {
        if (this.#leads) this.#post({ event });
        this.#take(event);
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof HeadwayError)) return;
      this.#leave();
      this.#parts.onLost(error);
    }
  }

  #take(event: FollowedEvent): void {
    this.#cursor = event.cursor;
    this.#parts.onEvent(event);
  }

  #post(message: Message): void {
    if (!this.#end.signal.aborted) this.#channel?.postMessage(message);
  }

  #hear(message: Message): void {
    if ('hello' in message) {
      if (this.#leads) this.#post({ connected: this.#connected });
      return;
    }
    if (this.#leads || this.#part === null) return;
    this.#heard = Date.now();
    // The leader is awake again: what this tab reads besides is not needed.
    this.#own?.abort();
    this.#own = null;
    if ('event' in message) this.#take(message.event);
    else this.#parts.onLine(message.connected ? 'live' : 'offline');
  }

  #turn(): void {
    clearTimeout(this.#hiding);
    if (document.visibilityState === 'hidden') this.#hiding = setTimeout(() => this.#leave(), HIDDEN);
    else if (this.#part === null && this.#own === null) this.#join();
  }
}
