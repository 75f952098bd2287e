import { log } from '../log';
import { BACKLOG } from '../services/watching/backlog';
import { Turns } from './turns';

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

/** Bytes that are handed to the connection at once: as much of a delivery waits in it, the rest is shared by all. */
const PIECE = 32_768;
const TURNS = new Turns();
const NOTHING = new Uint8Array();

/**
 * Server-sent events (the HTML standard, 9.2), null as a comment that keeps the connection alive. Reads `deliveries` no
 * faster than it is read itself; a long one is sent in its turn. `stop` is called once the reader has gone, or was too
 * slow where too much waited for all of the isolate.
 */
export function eventStream(
  deliveries: AsyncIterator<FrameGroup | null, unknown>,
  stop: () => void,
  backlog = BACKLOG,
): ReadableStream<Uint8Array> {
  const reader = {};
  let gone = false;
  let tooSlow = false;
  let rest: Uint8Array = NOTHING;
  const overrun = () => {
    tooSlow = true;
    rest = NOTHING;
  };
  const leave = () => {
    gone = true;
    rest = NOTHING;
    backlog.hold(overrun, 0);
    TURNS.end(reader);
    stop();
  };

  /** The next delivery, once it is its turn; null at the end. */
  async function next(): Promise<Uint8Array | null> {
    const { done, value } = await deliveries.next();
    if (done || gone) return null;
    const bytes = value === null ? SIGN_OF_LIFE : bytesOf(value);
    if (bytes.byteLength > PIECE) await TURNS.begin(reader);
    return bytes;
  }

  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY}\n\n`));
      },
      // Without a queue of its own it is asked for more when the connection has taken what it was handed.
      async pull(controller) {
        try {
          if (rest.byteLength === 0 && !tooSlow) {
            backlog.hold(overrun, 0);
            TURNS.end(reader);
            rest = (await next()) ?? NOTHING;
          }
          if (gone) return leave();
          if (rest.byteLength === 0) {
            controller.close();
            return leave();
          }
          const piece = rest.subarray(0, PIECE);
          backlog.hold(overrun, rest.byteLength);
          rest = rest.subarray(piece.byteLength);
          controller.enqueue(piece);
        } catch (cause) {
          log('error', 'stream_failed', { cause });
          controller.error(cause);
          leave();
        }
      },
      cancel: leave,
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
