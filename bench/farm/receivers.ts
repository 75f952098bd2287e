/** A farm of webhook receivers on loopback, each with a fault of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

/** What a receiver does with a request; `huge` is a success that is never read whole. */
export const FAULTS = ['redirect', 'missing', 'limited', 'broken', 'hang', 'drip', 'huge', 'reset'] as const;
export type Fault = (typeof FAULTS)[number] | 'gone';

/** Bytes that a huge answer has to give. */
const HUGE = 2 * 1024 ** 3;

/** One receiver: `share` is how often its fault shows. */
export class Receiver {
  readonly name: string;
  readonly fault: Fault | null;
  readonly share: number;
  secret = '';
  /** Requests by event, and the events it has said 2xx to, in the order of their first success. */
  readonly requests = new Map<string, number>();
  readonly accepted: string[] = [];
  /** What arrived first of each event, as JSON. */
  readonly bodies = new Map<string, string>();
  /** Requests that did not verify, or were not what came before under the same id. */
  forged = 0;
  changed = 0;
  bytesSent = 0;
  lastAt = 0;

  constructor(name: string, fault: Fault | null, share: number) {
    this.name = name;
    this.fault = fault;
    this.share = share;
  }
}

/** Healthy, each fault always and half of the time, and one that wants no more. */
export function makeReceivers(): Receiver[] {
  return [
    new Receiver('healthy', null, 0),
    ...FAULTS.map((fault) => new Receiver(fault, fault, 1)),
    ...FAULTS.map((fault) => new Receiver(`${fault}, half`, fault, 0.5)),
    new Receiver('gone', 'gone', 1),
  ];
}

/** Serves the receivers on a free port of 127.0.0.1. */
export class Farm {
  readonly receivers: readonly Receiver[];
  /** Requests that followed a redirect. */
  trapped = 0;
  readonly #server: Server;

  private constructor(receivers: readonly Receiver[]) {
    this.receivers = receivers;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(receivers: readonly Receiver[]): Promise<Farm> {
    const farm = new Farm(receivers);
    farm.#server.listen(0, '127.0.0.1');
    await once(farm.#server, 'listening');
    return farm;
  }

  url(receiver: Receiver): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${this.receivers.indexOf(receiver)}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const receiver = this.receivers[Number(request.url?.slice(1))];
    if (receiver === undefined) {
      this.trapped += 1;
      response.writeHead(200).end();
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks).toString();
    const id = String(request.headers['webhook-id']);
    // It answers the test that opens its endpoint, whatever it does with events.
    if (id.endsWith('.endpoint.test')) {
      response.writeHead(204).end();
      return;
    }
    note(receiver, id, body, request);
    if (receiver.fault === null || Math.random() >= receiver.share) return accept(receiver, id, response);
    misbehave(receiver, id, receiver.fault, request, response);
  }
}

function note(receiver: Receiver, id: string, body: string, request: IncomingMessage): void {
  receiver.lastAt = performance.now();
  receiver.requests.set(id, (receiver.requests.get(id) ?? 0) + 1);
  const before = receiver.bodies.get(id);
  if (before === undefined) receiver.bodies.set(id, body);
  else if (before !== body) receiver.changed += 1;
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
      name,
      String(request.headers[name]),
    ]),
  );
  try {
    for (const Webhook of [StandardWebhook, SvixWebhook]) new Webhook(receiver.secret).verify(body, headers);
  } catch {
    receiver.forged += 1;
  }
}

function accept(receiver: Receiver, id: string, response: ServerResponse): void {
  if (!receiver.accepted.includes(id)) receiver.accepted.push(id);
  response.writeHead(200).end('ok');
}

function misbehave(
  receiver: Receiver,
  id: string,
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault) {
    case 'redirect':
      response.writeHead(302, { Location: '/trap' }).end();
      break;
    case 'missing':
      response.writeHead(404).end('nothing here');
      break;
    case 'gone':
      response.writeHead(410).end();
      break;
    case 'limited':
      response.writeHead(429, { 'Retry-After': '1' }).end();
      break;
    case 'broken':
      response.writeHead(500).end('x'.repeat(5_000));
      break;
    case 'hang':
      break;
    case 'drip':
      drip(response);
      break;
    case 'huge':
      if (!receiver.accepted.includes(id)) receiver.accepted.push(id);
      void flood(receiver, response);
      break;
    case 'reset':
      request.socket.destroy();
      break;
  }
}

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 20);
  response.on('close', () => clearInterval(timer));
}

async function flood(receiver: Receiver, response: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(65_536, 'x');
  response.writeHead(200, { 'Content-Length': HUGE });
  const closed = once(response, 'close');
  for (let sent = 0; sent < HUGE && !response.destroyed; sent += chunk.length) {
    receiver.bytesSent += chunk.length;
    if (!response.write(chunk)) {
      await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed]);
    }
  }
  response.end();
}
