/** A receiver of webhooks on this machine: verifies each delivery on its raw bytes, answers, then acts. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An event as it is delivered, with the fields that the demo looks at. */
export interface Delivered {
  id: string;
  type: string;
  job_id: string;
  revision: number;
  data: { status: string; progress_percentage: number; processed_items: number; total_items: number };
}

/** Throws where the signature is not good; what `standardwebhooks` and `svix` offer alike. */
export type Verify = (body: string, headers: Record<string, string>) => unknown;

export interface Receiver {
  url: string;
  /** What deliveries are verified with: until it is known they wait for their answer. */
  trust(verify: Verify): void;
  close(): void;
}

/** Starts a receiver. A delivery is at least once, so an id that was seen is answered and not acted upon again. */
export async function startReceiver(act: (event: Delivered) => void): Promise<Receiver> {
  const trusted = Promise.withResolvers<Verify>();
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const sent = await buffer(request).catch(() => null);
    // Whoever broke off comes again.
    if (sent === null) return;
    const body = sent.toString();
    try {
      // The first test may be here before the secret is.
      const verify = await trusted.promise;
      verify(body, single(request.headers));
    } catch {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(204).end();
    const event = JSON.parse(body) as Delivered;
    if (seen.has(event.id) || event.type === 'endpoint.test') return;
    seen.add(event.id);
    act(event);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    trust(given) {
      trusted.resolve(given);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function single(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
