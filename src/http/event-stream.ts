import * as z from 'zod';
import { log } from '../log';
import { BACKLOG, type Backlog } from '../services/watching/backlog';
import type { ReplyDoc } from './endpoint';
import { Silence } from './silence';
import { type EndTurn, Turns } from './turns';

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

export const EVENT_STREAM = 'text/event-stream';

export const EVENT_STREAM_HEADERS = {
  'Content-Type': EVENT_STREAM,
  'X-Accel-Buffering': 'no',
} as const;

/** What OpenAPI is told of a stream. */
export const STREAMED: ReplyDoc = {
  description:
    'The stream. To an EventSource, in place of a 503, one that ends and says when to come back: `retry`.',
  schema: z.string(),
  contentType: EVENT_STREAM,
};

/** Bytes that are handed to the connection at once: as much of a delivery waits in it, the rest is shared by all readers. */
const PIECE = 32_768;
const NOTHING: Uint8Array = new Uint8Array();

/** Streams of an isolate that are handed a long delivery at a time. */
const TURNS = new Turns(8);

/** What bounds a stream. */
export interface StreamBounds {
  /** What waits in the isolate for all readers. */
  backlog: Backlog;
  /** A reader that takes nothing of what is there for it is given up after so long (ms). */
  patience: number;
}

const BOUNDS: StreamBounds = { backlog: BACKLOG, patience: 60_000 };

/**
 * Server-sent events (the HTML standard, 9.2), null as a comment that keeps the connection alive. Reads `deliveries` no
 * faster than it is read itself, and hands over a long one piece by piece; what is left of it counts in the backlog. `stop`
 * is called once the reader has gone or is given up: the stream ends behind what was handed over, and its reader goes on
 * from the last frame that it has whole.
 */
export function eventStream(
  deliveries: AsyncIterator<FrameGroup | null, unknown>,
  stop: () => void,
  bounds: StreamBounds = BOUNDS,
): ReadableStream<Uint8Array> {
  const source = new Source(deliveries, stop, bounds);
  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY}\n\n`));
        source.listen(controller);
      },
      // Without a queue of its own it is asked for more once the connection has taken what it was handed.
      pull: (controller) => source.pull(controller),
      cancel: () => source.leave(),
    },
    { highWaterMark: 0 },
  );
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

class Source {
  readonly #deliveries: AsyncIterator<FrameGroup | null, unknown>;
  readonly #stop: () => void;
  readonly #bounds: StreamBounds;
  #silence: Silence | null = null;
  /** While it is asked for more, the reader has taken all there was. */
  #asked = false;
  #gone = false;
  #overran = false;
  #rest = NOTHING;
  #endTurn: EndTurn = () => {};
  readonly #overrun = () => {
    this.#rest = NOTHING;
    this.#overran = true;
  };

  constructor(deliveries: AsyncIterator<FrameGroup | null, unknown>, stop: () => void, bounds: StreamBounds) {
    this.#deliveries = deliveries;
    this.#stop = stop;
    this.#bounds = bounds;
  }

  listen(controller: Controller): void {
    this.#silence = new Silence(this.#bounds.patience, () => {
      if (this.#asked) this.listen(controller);
      else this.#end(controller);
    });
  }

  async pull(controller: Controller): Promise<void> {
    this.#asked = true;
    try {
      if (this.#overran || !(await this.#more())) return this.#end(controller);
      if (this.#gone) return;
      controller.enqueue(this.#rest.slice(0, PIECE));
      this.#keep(this.#rest.subarray(PIECE));
    } catch (cause) {
      log('error', 'stream_failed', { cause });
      this.leave();
      controller.error(cause);
    } finally {
      this.#asked = false;
      this.#silence?.heard();
    }
  }

  /** The reader has gone, or nothing more is for it. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#silence?.end();
    this.#endTurn();
    this.#keep(NOTHING);
    this.#stop();
    void this.#deliveries.return?.().catch(() => undefined);
  }

  /** Whether there is something to hand over, once there is. */
  async #more(): Promise<boolean> {
    if (this.#rest.byteLength > 0) return true;
    this.#endTurn();
    const { done, value } = await this.#deliveries.next();
    if (done || this.#gone) return !done;
    const bytes = value === null ? SIGN_OF_LIFE : bytesOf(value);
    if (bytes.byteLength > PIECE) {
      await TURNS.take((end) => {
        this.#endTurn = end;
      });
    }
    if (!this.#gone) this.#keep(bytes);
    return true;
  }

  #keep(bytes: Uint8Array): void {
    this.#rest = bytes;
    this.#bounds.backlog.hold(this.#overrun, bytes.byteLength);
  }

  #end(controller: Controller): void {
    if (this.#gone) return;
    this.leave();
    controller.close();
  }
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
