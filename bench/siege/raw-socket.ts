/** A connection that says what no client would, byte by byte. */
import type { Socket } from 'node:net';
import { connectTo } from '../connect-to.ts';
import type { Ground } from './ground.ts';

/** Of what came, the first and the last characters are kept. */
const HEAD = 4_000;
const TAIL = 32;

export class RawSocket {
  readonly #socket: Socket;
  readonly #ground: Ground;
  #text = '';
  #tail = '';
  #closed = false;
  #changed: () => void = () => {};

  private constructor(ground: Ground, socket: Socket) {
    this.#ground = ground;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      this.#text = (this.#text + text).slice(0, HEAD);
      this.#tail = (this.#tail + text).slice(-TAIL);
      this.#changed();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  static async open(ground: Ground): Promise<RawSocket> {
    return new RawSocket(ground, await connectTo(ground.target.url));
  }

  /** A head as it should be, with the organization's key and whatever else is given. */
  send(method: string, path: string, headers: Record<string, string> = {}, body = ''): void {
    const all = { Host: new URL(this.#ground.target.url).host, ...this.#ground.target.headers, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    this.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  }

  write(text: string | Buffer): void {
    if (!this.#closed) this.#socket.write(text);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The first answer's status; null for a connection that was closed without, or kept silent for so many ms. */
  async status(ms: number): Promise<number | null> {
    const deadline = performance.now() + ms;
    for (;;) {
      const found = /^HTTP\/1\.1 (\d{3})/.exec(this.#text)?.[1];
      if (found !== undefined) return Number(found);
      const left = deadline - performance.now();
      if (this.#closed || left <= 0) return null;
      await this.#change(left);
    }
  }

  /** Whether it is closed within so many ms. */
  async closes(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!this.#closed && performance.now() < deadline) await this.#change(deadline - performance.now());
    return this.#closed;
  }

  /** Reads on, and says whether what came last holds `text` within so many ms. */
  async reads(text: string, ms: number): Promise<boolean> {
    this.#socket.resume();
    const deadline = performance.now() + ms;
    while (!this.#tail.includes(text) && !this.#closed && performance.now() < deadline) {
      await this.#change(deadline - performance.now());
    }
    return this.#tail.includes(text);
  }

  /** Reads no more. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Hangs up by a reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
