/** A proxy on loopback over a bad wire: every tenth request never arrives, is late, arrives twice, or loses its answer. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const FAULTS = ['dropped', 'delayed', 'cut', 'doubled'] as const;
type Fault = (typeof FAULTS)[number];
const PASSED = ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'prefer'];
/** How late a delayed request is (ms). */
const DELAY = 300;

interface Answer {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
}

export class FaultyProxy {
  readonly #server: Server;
  readonly #target: string;
  /** One request in so many meets a fault, each kind in turn; 0 for none. */
  readonly #every: number;
  /** How many met which fault. */
  readonly met: Record<Fault, number> = { dropped: 0, delayed: 0, cut: 0, doubled: 0 };
  requests = 0;
  /** What the next requests are answered in place of the service, in turn: status, body, and `Retry-After`. */
  readonly instead: [status: number, body: string, retryAfter?: number][] = [];
  /** `away` closes each connection; `mute` takes each request and never answers. */
  state: 'there' | 'away' | 'mute' = 'there';

  private constructor(server: Server, target: string, every: number) {
    this.#server = server;
    this.#target = target;
    this.#every = every;
  }

  /** Stands before the service at `url`. */
  static async before(url: string, every = 10): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server, url, every);
    server.on('request', (request, response) => {
      proxy.#pass(request, response).catch(() => request.socket.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    if (this.state === 'mute') return;
    if (this.state === 'away') throw new Error('away');
    const body = Buffer.concat(await request.toArray());
    const instead = this.instead.shift();
    if (instead !== undefined) {
      const [status, text, retryAfter] = instead;
      response
        .writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) })
        .end(text);
      return;
    }
    const fault = this.#fault();
    if (fault !== null) this.met[fault] += 1;
    if (fault === 'dropped') throw new Error(fault);
    if (fault === 'delayed') await sleep(DELAY);
    const answer = await this.#forward(request, body);
    const { status, headers, bytes } = fault === 'doubled' ? await this.#forward(request, body) : answer;
    response.writeHead(status, { ...headers, 'Content-Length': String(bytes.byteLength) });
    if (fault === 'cut')
      response.write(bytes.subarray(0, bytes.byteLength / 2), () => request.socket.destroy());
    else response.end(bytes);
  }

  #fault(): Fault | null {
    if (this.#every === 0 || this.requests % this.#every !== this.#every - 1) return null;
    return FAULTS[Math.floor(this.requests / this.#every) % FAULTS.length] ?? null;
  }

  async #forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const sent = PASSED.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    const { method = 'GET', url = '/' } = request;
    const answer = await fetch(this.#target + url, {
      method,
      headers: Object.fromEntries(sent),
      ...(method === 'GET' ? {} : { body }),
    });
    const told = ['content-type', 'retry-after'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: Object.fromEntries(told), bytes };
  }
}
