import { exports } from 'cloudflare:workers';
import { type Client, ORIGIN } from './client';

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
type Message = any;

/**
 * A client's end of a job's WebSocket, read one message at a time. It answers the pings that ask whether it reads, and
 * keeps them to itself, unless it is `mute`.
 */
export class SocketClient {
  readonly response: Response;
  /** The code it was closed with; null while it is open. */
  closed: number | null = null;
  readonly #messages: Message[] = [];
  #wake: () => void = () => {};
  #left = false;

  constructor(response: Response, mute = false) {
    this.response = response;
    const { webSocket } = response;
    webSocket?.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data));
      if (!mute && message.type === 'ping' && message.mark !== undefined) {
        if (!this.#left) this.send(JSON.stringify({ ...message, type: 'pong' }));
        return;
      }
      this.#messages.push(message);
      this.#wake();
    });
    webSocket?.addEventListener('close', ({ code }) => {
      this.closed = code;
      this.#wake();
    });
    webSocket?.accept();
  }

  /** The next message; null once it is closed. */
  async next(): Promise<Message> {
    while (this.#messages.length === 0 && this.closed === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? null;
  }

  async rest(): Promise<Message[]> {
    const messages: Message[] = [];
    for (let message = await this.next(); message !== null; message = await this.next())
      messages.push(message);
    return messages;
  }

  send(data: string | ArrayBuffer): void {
    this.response.webSocket?.send(data);
  }

  close(): void {
    this.#left = true;
    this.response.webSocket?.close(1000);
  }
}

export async function openSocket(client: Client, jobId: string, query = ''): Promise<SocketClient> {
  return open(jobId, query, { Authorization: `Bearer ${client.key}` });
}

/** Opens a socket that reads and never says a word. */
export async function openMuteSocket(client: Client, jobId: string, query = ''): Promise<SocketClient> {
  return open(jobId, query, { Authorization: `Bearer ${client.key}` }, true);
}

/** Opens a socket as a page does, which can't send a header. */
export async function openSocketByToken(token: string, jobId: string): Promise<SocketClient> {
  return open(jobId, `?token=${token}`, {});
}

async function open(
  jobId: string,
  query: string,
  headers: Record<string, string>,
  mute = false,
): Promise<SocketClient> {
  const request = new Request(`${ORIGIN}/api/jobs/${jobId}/socket${query}`, {
    headers: { ...headers, Upgrade: 'websocket' },
  });
  return new SocketClient(await exports.default.fetch(request), mute);
}
