import { byteLength } from '../domain/base/json';
import { log } from '../log';
import type { WatchEnding } from '../services/watching/follow';
import type { Frame } from './event-stream';
import { Inbox } from './inbox';
import { Unread } from './unread';

/**
 * Why a client's socket was closed. 4401: its credential is gone, 4403: its organization is suspended. 1013: come back, and say
 * from where, as one that does not read must.
 */
const CLOSE_CODES: Record<WatchEnding, number> = { ended: 1000, revoked: 4401, suspended: 4403, lost: 1013 };

/** The end of a socket that its client is at. Once it is closed, what is sent goes nowhere. */
export interface ClientEnd {
  send(text: string): void;
  close(ending: WatchEnding): void;
}

/** Whoever hears what the client sends. */
export interface Correspondent {
  take(data: unknown): void;
  /** Resolves when the client has nothing under way that it waits for. */
  quiet(): Promise<void>;
  /** The client has gone. */
  stop(): void;
}

/** The text of a frame: `type` and what else it holds. */
export function socketText(type: string, data = '{}'): string {
  return data === '{}' ? `{"type":"${type}"}` : `{"type":"${type}",${data.slice(1)}`;
}

/**
 * A client's WebSocket, which ends here: it is sent what an event stream would hold, null as a ping, and what it sends
 * is for the correspondent that `meet` makes. `stop` is called once it has gone.
 */
export function clientSocket(
  deliveries: AsyncIterator<readonly Frame[] | null, WatchEnding>,
  meet: (client: ClientEnd) => Correspondent,
  stop: () => void,
): WebSocket {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ours.accept();
  const client = new Client(ours, () => {
    correspondent.stop();
    stop();
  });
  const correspondent = meet(client);
  const inbox = new Inbox((data) => {
    try {
      if (!client.gone) correspondent.take(data);
    } catch (cause) {
      client.fail(cause);
    }
  });
  const left = () => {
    inbox.flush();
    client.leave();
  };
  ours.addEventListener('close', left);
  ours.addEventListener('error', left);
  ours.addEventListener('message', ({ data }) => {
    client.heard(data);
    inbox.add(data);
  });
  void relay(deliveries, client, correspondent);
  return theirs;
}

class Client implements ClientEnd {
  gone = false;
  readonly #socket: WebSocket;
  readonly #left: () => void;
  readonly #unread = new Unread();
  /** The revision that it was told through; null before it was told any. */
  #revision: number | null = null;

  constructor(socket: WebSocket, left: () => void) {
    this.#socket = socket;
    this.#left = left;
  }

  send(text: string): void {
    this.#send(text);
    const mark = this.gone ? null : this.#unread.ask();
    if (mark !== null) this.ping(mark);
  }

  /** Sends a frame of the stream. */
  tell({ event, id, data }: Frame): void {
    if (typeof id === 'number') this.#revision = id;
    this.send(socketText(event, data));
  }

  /** A sign of life; with a mark, the question whether the client reads. */
  ping(mark?: string): void {
    const revision = this.#revision ?? undefined;
    this.#send(socketText('ping', JSON.stringify({ revision, mark })));
  }

  heard(data: unknown): void {
    this.#unread.heard(data);
  }

  close(ending: WatchEnding): void {
    this.#close(CLOSE_CODES[ending], ending);
  }

  fail(cause: unknown): void {
    log('error', 'socket_failed', { cause });
    this.#close(1011, 'failed');
  }

  leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.#unread.leave();
    this.#left();
  }

  #send(text: string): void {
    if (this.gone) return;
    this.#socket.send(text);
    if (this.#unread.sent(byteLength(text))) this.close('lost');
  }

  #close(code: number, reason: string): void {
    if (this.gone) return;
    this.#socket.close(code, reason);
    this.leave();
  }
}

async function relay(
  deliveries: AsyncIterator<readonly Frame[] | null, WatchEnding>,
  client: Client,
  correspondent: Correspondent,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await deliveries.next();
      if (client.gone) return;
      if (done) {
        if (value === 'ended') await correspondent.quiet();
        client.close(value);
        return;
      }
      if (value === null) client.ping();
      else for (const frame of value) client.tell(frame);
    }
  } catch (cause) {
    client.fail(cause);
  }
}
