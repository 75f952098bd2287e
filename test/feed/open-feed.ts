import { exports } from 'cloudflare:workers';
import { type Client, ORIGIN } from '../support/client';
import { type StreamFrame, StreamReader } from '../support/stream';

/** Opens the organization's stream, from `lastEventId` on where it is given. */
export async function openFeed(client: Client, query = '', lastEventId?: string): Promise<StreamReader> {
  const headers = new Headers({ Authorization: `Bearer ${client.key}`, Accept: 'text/event-stream' });
  if (lastEventId !== undefined) headers.set('Last-Event-ID', lastEventId);
  const request = new Request(`${ORIGIN}/api/events/stream${query}`, { headers });
  return new StreamReader(await exports.default.fetch(request));
}

/** The next `count` frames, fewer where the stream ends. */
export async function take(stream: StreamReader, count: number): Promise<StreamFrame[]> {
  const frames: StreamFrame[] = [];
  return stream.until((frame) => frames.push(frame) >= count);
}
