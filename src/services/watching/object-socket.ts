import { PING, PONG } from '../../domain/base/ping';
import { BACKLOG, READER_BYTES } from './backlog';

/**
 * A watcher's socket to an object, read one message at a time. Where too much waits for a slow reader the socket is given
 * up behind that, and the rest is asked for again once it was read; where too much waits in the isolate, before that.
 */
export class ObjectSocket {
  readonly #socket: WebSocket;
  readonly #waiting: string[] = [];
  #characters = 0;
  #open = true;
  #unanswered = false;
  #wake: (() => void) | null = null;
  /** The time that a wait ends at, and the one timer of all waits: it fires then or before. */
  #until = 0;
  #timer: { id: ReturnType<typeof setTimeout>; at: number } | null = null;
  readonly #overrun = () => {
    this.#waiting.length = 0;
    this.#characters = 0;
    this.#overran = true;
  };
  #overran = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(data));
    socket.addEventListener('close', () => this.#lose());
    socket.addEventListener('error', () => this.#lose());
    socket.accept();
  }

  /** The next message; null where none has come in `ms`, or where none will: then `lost` says so. */
  async next(ms: number): Promise<string | null> {
    if (this.#overran) this.close();
    if (this.#waiting.length === 0 && this.#open) await this.#something(ms);
    const text = this.#waiting.shift();
    if (text === undefined) return null;
    this.#holds(this.#characters - text.length);
    return text;
  }

  /** Sends a message; one to a socket that is lost goes nowhere. */
  send(text: string): void {
    if (this.#open) this.#socket.send(text);
  }

  /** Nothing waits and nothing will come. */
  get lost(): boolean {
    return !this.#open && this.#waiting.length === 0;
  }

  /** Sends a ping; where the one before was not answered, closes the socket. */
  ping(): void {
    if (this.#unanswered) this.close();
    if (!this.#open) return;
    this.#unanswered = true;
    this.#socket.send(PING);
  }

  close(): void {
    this.#waiting.length = 0;
    this.#holds(0);
    this.#giveUp();
  }

  #giveUp(): void {
    if (!this.#open) return;
    this.#lose();
    this.#socket.close(1000);
  }

  #holds(characters: number): void {
    this.#characters = characters;
    BACKLOG.hold(this.#overrun, characters);
  }

  #take(data: unknown): void {
    this.#unanswered = false;
    if (typeof data !== 'string' || data === PONG || !this.#open) return;
    if (this.#overran) {
      this.close();
    } else if (this.#waiting.length > 0 && this.#characters + data.length > READER_BYTES) {
      this.#giveUp();
    } else {
      this.#waiting.push(data);
      this.#holds(this.#characters + data.length);
      this.#wake?.();
    }
  }

  #lose(): void {
    this.#open = false;
    if (this.#timer !== null) clearTimeout(this.#timer.id);
    this.#timer = null;
    this.#wake?.();
  }

  /** Resolves when something has come, when the socket is lost, or after `ms`. */
  #something(ms: number): Promise<void> {
    this.#until = Date.now() + ms;
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
      this.#remind();
    });
  }

  /** A message moves the time that the timer looks at, and costs none of its own. */
  #remind(): void {
    if (this.#timer !== null && this.#timer.at <= this.#until) return;
    if (this.#timer !== null) clearTimeout(this.#timer.id);
    const look = () => {
      this.#timer = null;
      if (this.#wake === null) return;
      if (Date.now() >= this.#until) this.#wake();
      else this.#remind();
    };
    const at = this.#until;
    this.#timer = { id: setTimeout(look, Math.max(at - Date.now(), 0)), at };
  }
}
