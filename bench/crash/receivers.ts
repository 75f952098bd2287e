/** Endpoints on this machine that write down what is delivered to them while the service is killed. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Client } from './client.ts';
import type { Tally } from './tally.ts';

/** An event as it is delivered, and as the feed has it. */
export interface FedEvent {
  id: string;
  type: string;
  job_id: string | null;
  revision: number | null;
}

/** What the other endpoints ask for. */
const WANTED: Record<string, string[]> = {
  ends: ['job.completed', 'job.failed', 'job.cancelled'],
  beginnings: ['job.created', 'job.started'],
};

const BUT_PROGRESS = [
  'job.created',
  'job.started',
  'job.stage_changed',
  'job.stalled',
  'job.recovered',
  'job.cancelled',
  'job.cancel_acknowledged',
  'job.completed',
  'job.failed',
  'job.deleted',
];

/** One endpoint: the bodies it was sent, by their ids. */
export class Receiver {
  readonly name: string;
  readonly types: readonly string[] | null;
  readonly bodies = new Map<string, string>();
  /** Deliveries of an id that had come before. */
  again = 0;
  readonly #tally: Tally;
  readonly #server: Server;

  constructor(name: string, types: readonly string[] | null, tally: Tally) {
    this.name = name;
    this.types = types;
    this.#tally = tally;
    this.#server = createServer();
  }

  /** Listens, and registers with the service. */
  async open(client: Client): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    // Whoever had the port before it may still be sent something.
    const path = `/${randomUUID()}`;
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
    const body = { url, ...(this.types === null ? {} : { event_types: this.types }) };
    const secret = Promise.withResolvers<string>();
    this.#server.on('request', async (request, response) => {
      if (request.url !== path) {
        response.writeHead(404).end();
        return;
      }
      const sent = await buffer(request).catch(() => null);
      // A delivery that a kill cuts off is none.
      if (sent === null) return;
      response.writeHead(204).end();
      const webhook = new Webhook(await secret.promise);
      this.#take(webhook, sent.toString(), request.headers as Record<string, string>);
    });
    const { status, json } = await client.insist('POST', '/api/webhooks', body);
    if (status !== 201) throw new Error(`an endpoint answered ${status} ${JSON.stringify(json)}`);
    secret.resolve(json.secret);
  }

  wants(type: string): boolean {
    return this.types === null || this.types.includes(type);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(webhook: Webhook, body: string, headers: Record<string, string>): void {
    try {
      webhook.verify(body, headers);
    } catch (cause) {
      this.#tally.broken(`${this.name}: a delivery is not signed: ${cause}`);
      return;
    }
    const id = headers['webhook-id'] ?? '';
    // What opens the endpoint is no event of the feed.
    if (id.endsWith('.endpoint.test')) return;
    const before = this.bodies.get(id);
    if (before !== undefined) this.again += 1;
    if (before !== undefined && before !== body)
      this.#tally.broken(`${this.name}: ${id} came with other bytes`);
    this.bodies.set(id, body);
  }
}

/** `progress` is whether one of them is told of it: where none is, jobs publish it once in ten minutes. */
export async function openReceivers(client: Client, tally: Tally, progress: boolean): Promise<Receiver[]> {
  const everything = progress ? null : BUT_PROGRESS;
  const wanted = Object.entries({ everything, ...WANTED });
  const receivers = wanted.map(([name, types]) => new Receiver(name, types, tally));
  for (const receiver of receivers) await receiver.open(client);
  return receivers;
}
