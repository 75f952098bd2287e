/** A proxy on loopback that drops, delays, cuts or doubles one request in ten. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const WAYS = ['dropped', 'delayed', 'cut', 'doubled'] as const;
export type Way = (typeof WAYS)[number];

interface Passed {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export class ChaosProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #share: number;
  #state: number;
  #fates = 0;
  /** Whether requests come through, are cut off at once, are never answered, or by a page that knows nothing of them. */
  line: 'through' | 'away' | 'silent' | 'page' = 'through';
  /** How many requests came, and how many met each fate. */
  requests = 0;
  readonly met: Record<Way, number> = { dropped: 0, delayed: 0, cut: 0, doubled: 0 };

  private constructor(server: Server, target: string, share: number, seed: number) {
    this.#server = server;
    this.#target = new URL(target);
    this.#share = share;
    this.#state = seed;
  }

  /** Stands before the service at `url`; `share` of all requests meet a fate. */
  static async before(url: string, share = 0.1, seed = 1): Promise<ChaosProxy> {
    const server = createServer();
    const proxy = new ChaosProxy(server, url, share, seed);
    server.on('request', (asked, answer) => void proxy.#serve(asked, answer));
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

  /** Evenly between 0 and 1, the same for each seed. */
  #random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.requests += 1;
    if (this.line === 'away') return void asked.destroy();
    if (this.line === 'silent') return;
    if (this.line === 'page') return void answer.writeHead(404).end('<h1>Not here</h1>');
    const way = this.#random() < this.#share ? WAYS[this.#fates++ % WAYS.length] : undefined;
    if (way !== undefined) this.met[way] += 1;
    try {
      const body = await bodyOf(asked);
      if (way === 'dropped') return void asked.destroy();
      if (way === 'delayed') await new Promise((resolve) => setTimeout(resolve, this.#random() * 300));
      // The other of a pair comes before, after or beside it.
      const other = way === 'doubled' ? this.#pass(asked, body).catch(() => null) : null;
      if (other !== null && this.#random() < 0.5) await other;
      const passed = await this.#pass(asked, body);
      answer.writeHead(passed.status, passed.headers);
      if (way === 'cut') {
        answer.write(passed.body.subarray(0, Math.floor(passed.body.length * this.#random())));
        answer.destroy();
      } else {
        answer.end(passed.body);
      }
    } catch {
      asked.destroy();
    }
  }

  #pass(asked: IncomingMessage, body: Buffer): Promise<Passed> {
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = asked;
    return new Promise((resolve, reject) => {
      const passed = request({ hostname, port, method, path, headers, agent: false }, (answered) => {
        bodyOf(answered).then((whole) => {
          resolve({ status: answered.statusCode ?? 502, headers: answered.headers, body: whole });
        }, reject);
      });
      passed.on('error', reject);
      passed.end(body);
    });
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
