/**
 * One keep-alive connection that speaks just enough HTTP/1.1: the load shares the machine with what it measures, and
 * a full client costs as much as a fast server.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  body: Buffer;
}

/** A request as a message of HTTP/1.1, and where it goes. */
export interface Message {
  method: 'GET' | 'POST';
  path: string;
  /** Beside those that every request of the connection has. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** An answer that stays away this long ends the connection (ms). */
const PATIENCE = 30_000;
const NOTHING = Buffer.alloc(0);

export class Connection {
  readonly #socket: Socket;
  readonly #head: string;
  #received: Buffer = NOTHING;
  #waiting: Waiting | null = null;

  private constructor(socket: Socket, host: string, headers: Record<string, string>) {
    this.#socket = socket;
    this.#head = ` HTTP/1.1\r\n${linesOf({ Host: host, ...headers })}`;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.setTimeout(PATIENCE, () => this.#fail(new Error('no answer for 30 seconds')));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** Connects to the server at `url`; `headers` go with every request. */
  static open(url: string, headers: Record<string, string>): Promise<Connection> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket, host, headers));
      });
    });
  }

  /** Sends a request and resolves with its answer. One at a time. */
  ask({ method, path, headers, body }: Message): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting !== null) throw new Error('this connection already waits for an answer');
      if (this.#socket.destroyed) throw new Error('the connection was closed');
      this.#waiting = { resolve, reject };
      const text = body === undefined ? '' : JSON.stringify(body);
      const content =
        text === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
      const own = headers === undefined ? '' : linesOf(headers);
      this.#socket.write(`${method} ${path}${this.#head}${own}${content}\r\n${text}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Hangs up in a way that the server notices at once: by a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const length = status === 304 ? '0' : /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`an answer without a Content-Length: ${head}`));
      return;
    }
    const whole = end + 4 + Number(length);
    if (this.#received.length < whole) return;
    const body = this.#received.subarray(end + 4, whole);
    this.#received = this.#received.subarray(whole);
    this.#waiting?.resolve({ status, body });
    this.#waiting = null;
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

function linesOf(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
