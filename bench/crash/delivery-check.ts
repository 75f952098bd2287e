/** Deliveries against the feed: each event at each endpoint that asks for it, at least once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { FedEvent, Receiver } from './receivers.ts';
import type { Tally } from './tally.ts';

/** How long deliveries may be under way once all is quiet: a retry after the first failure comes within 6 s (ms). */
const PATIENCE = 60_000;

interface Delivered extends FedEvent {
  previous_revision: number | null;
}

/** Reads the feed as its readers do, and holds every endpoint to it. */
export async function judgeDeliveries(client: Client, receivers: Receiver[], tally: Tally): Promise<void> {
  const feed = await readFeed(client, tally);
  const deadline = Date.now() + PATIENCE;
  while (receivers.some((receiver) => missing(feed, receiver).length > 0) && Date.now() < deadline) {
    await sleep(200);
  }
  const fed = new Set(feed.map(({ id }) => id));
  for (const receiver of receivers) {
    const { name, bodies, again } = receiver;
    tally.deliveries += bodies.size + again;
    tally.duplicates += again;
    for (const { id } of missing(feed, receiver)) tally.lost(`${name} was never sent ${id}`);
    for (const id of bodies.keys())
      if (!fed.has(id)) tally.broken(`${name} was sent ${id}, the feed lacks it`);
    judgeChain(feed, receiver, tally);
  }
}

/** All events, page after page, by the cursor. */
async function readFeed(client: Client, tally: Tally): Promise<FedEvent[]> {
  const feed: FedEvent[] = [];
  for (let cursor = ''; ; ) {
    const after = cursor === '' ? '' : `&after=${cursor}`;
    const { status, json } = await client.insist('GET', `/api/events?limit=100${after}`);
    if (status !== 200) throw new Error(`GET /api/events answered ${status} ${JSON.stringify(json)}`);
    if (json.events.length === 0) break;
    feed.push(...json.events);
    cursor = json.next_cursor;
  }
  if (new Set(feed.map(({ id }) => id)).size < feed.length) tally.doubled('an event in the feed');
  const last = new Map<string, number>();
  for (const { id, job_id, revision } of feed) {
    if (job_id === null || revision === null) continue;
    if (revision < (last.get(job_id) ?? 0)) tally.disordered(`${id} in the feed`);
    last.set(job_id, revision);
  }
  return feed;
}

function missing(feed: readonly FedEvent[], receiver: Receiver): FedEvent[] {
  return feed.filter(({ id, type }) => receiver.wants(type) && !receiver.bodies.has(id));
}

/** Each delivery names the revision of the one before it of its job, so that a receiver can tell a hole. */
function judgeChain(feed: readonly FedEvent[], receiver: Receiver, tally: Tally): void {
  const before = new Map<string, number>();
  for (const { id, type, job_id, revision } of feed) {
    if (job_id === null || revision === null || !receiver.wants(type)) continue;
    const body = receiver.bodies.get(id);
    const delivered = body === undefined ? null : (JSON.parse(body) as Delivered);
    const right = before.get(job_id) ?? null;
    if (delivered !== null && delivered.previous_revision !== right) {
      tally.broken(`${receiver.name}: ${id} follows ${delivered.previous_revision}, it should ${right}`);
    }
    before.set(job_id, revision);
  }
}
