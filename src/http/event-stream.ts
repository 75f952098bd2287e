import * as z from 'zod';
import { log } from '../log';
import type { ReplyDoc } from './endpoint';

/** One thing that the reader of a stream is told. */
export interface Frame {
  event: string;
  /** The place that everything has been told through; a frame without one moves no reader's place. */
  id?: number | string;
  /** The text of a JSON object. */
  data: string;
}

/** Moves the reader's place and tells it nothing. */
export interface Mark {
  id: string;
}

/** What is told at once. Made once for many readers, it is the same array for all of them. */
export type FrameGroup = readonly (Frame | Mark)[];

/** How long a reader that lost its stream waits before it comes back (ms). */
const RETRY = 2_000;
const encoder = new TextEncoder();
const SIGN_OF_LIFE = encoder.encode(': \n\n');

export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'X-Accel-Buffering': 'no',
} as const;

/** What OpenAPI is told of a stream. */
export const STREAMED: ReplyDoc = {
  description:
    'The stream. To an EventSource, in place of a 503, one that ends and says when to come back: `retry`.',
  schema: z.string(),
  contentType: 'text/event-stream',
};

/** Bytes that are handed to the connection at once: as much of a delivery waits in it, the rest is shared by all readers. */
const PIECE = 32_768;
const NOTHING = new Uint8Array();

/**
 * Server-sent events (the HTML standard, 9.2), null as a comment that keeps the connection alive. Reads `deliveries` no
 * faster than it is read itself, and hands over a long one piece by piece; `stop` is called once the reader has gone.
 */
export function eventStream(
  deliveries: AsyncIterator<FrameGroup | null, unknown>,
  stop: () => void,
): ReadableStream<Uint8Array> {
  let gone = false;
  let rest: Uint8Array = NOTHING;
  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY}\n\n`));
      },
      // Without a queue of its own it is asked for more once the connection has taken what it was handed.
      async pull(controller) {
        try {
          if (rest.byteLength === 0) {
            const { done, value } = await deliveries.next();
            if (gone) return;
            if (done) return controller.close();
            rest = value === null ? SIGN_OF_LIFE : bytesOf(value);
          }
          controller.enqueue(rest.slice(0, PIECE));
          rest = rest.subarray(PIECE);
        } catch (cause) {
          log('error', 'stream_failed', { cause });
          controller.error(cause);
        }
      },
      cancel() {
        gone = true;
        stop();
      },
    },
    { highWaterMark: 0 },
  );
}

const written = new WeakMap<FrameGroup, Uint8Array>();

/** The bytes of a delivery, written once for all that are sent it. */
function bytesOf(delivery: FrameGroup): Uint8Array {
  const bytes = written.get(delivery) ?? encoder.encode(delivery.map(toText).join(''));
  written.set(delivery, bytes);
  return bytes;
}

/** A frame as its lines. JSON text has no line break in it; one from elsewhere would make several `data` lines. */
function toText(frame: Frame | Mark): string {
  const id = frame.id === undefined ? '' : `id: ${frame.id}\n`;
  if (!('data' in frame)) return `${id}\n`;
  const lines = frame.data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `event: ${frame.event}\n${id}${lines.join('')}\n`;
}
