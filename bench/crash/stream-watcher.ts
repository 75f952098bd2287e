/** A reader of one job's stream that comes back by `Last-Event-ID` whenever it is cut off, until it is sent away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { Fold } from '../../test/support/fold.ts';
import type { Random } from '../../test/support/random.ts';
import { type StrictFrame, StrictFrames } from '../../test/support/strict-frames.ts';
import type { Client } from './client.ts';
import type { StreamTally } from './stream-tally.ts';

/** How often a reader loses its connection by itself, somewhere within what has come. */
const TEARS = 0.01;

export class StreamWatcher {
  readonly jobId: string;
  readonly name: string;
  readonly fold: Fold;
  readonly #client: Client;
  readonly #tally: StreamTally;
  readonly #random: Random;
  /** The revision it held when it was sent away without having read an `end`; null where it read one. */
  sentAwayAt: number | null = null;
  #lastEventId: string | null = null;

  constructor(jobId: string, name: string, client: Client, tally: StreamTally, random: Random) {
    this.jobId = jobId;
    this.name = name;
    this.#client = client;
    this.#tally = tally;
    this.#random = random;
    this.fold = new Fold((fault, what) => tally.find(fault, name, what));
  }

  /** Reads until a 204 says that there is nothing more to come, or until it is told that the time is `up`. */
  async run(up: AbortSignal): Promise<void> {
    while (!up.aborted) {
      const response = await this.#client.open(`/api/jobs/${this.jobId}/stream`, this.#lastEventId, up);
      if (response?.status === 204) {
        this.#tally.sentAway += 1;
        // One that lost its connection within the `end` frame holds the last revision: `judge` compares it with GET.
        if (!this.fold.ended) this.sentAwayAt = this.fold.position ?? 0;
        return;
      }
      if (response?.status === 200 && response.body !== null) {
        if (this.#lastEventId !== null && !this.fold.ended) this.#tally.resumes += 1;
        await this.#read(response.body);
      } else if (response !== null) {
        this.#tally.find('broken', this.name, `answered ${response.status} ${await response.text()}`);
      }
      await sleep(this.#random.between(5, 150));
    }
    this.#tally.find('broken', this.name, `was not told of the end, at ${this.fold.position}`);
  }

  /** Reads one stream by an independent parser and by its exact grammar, which must agree on each frame. */
  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const strict = new StrictFrames();
    const decoder = new TextDecoder();
    const parsed: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => parsed.push(message) });
    let cut = false;
    try {
      for await (const bytes of body) {
        const tears = this.#random.chance(TEARS);
        const read = tears ? bytes.subarray(0, this.#random.between(0, bytes.length - 1)) : bytes;
        const frames = strict.feed(read);
        parser.feed(decoder.decode(read, { stream: true }));
        const messages = parsed.splice(0);
        for (let n = 0; n < Math.max(frames.length, messages.length); n++) this.#take(frames[n], messages[n]);
        cut = tears;
        if (cut) break;
      }
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'AbortError') return;
      if (!isCut(cause)) return this.#tally.find('broken', this.name, String(cause));
      cut = true;
      this.#tally.cuts += 1;
    }
    if (!strict.inFrame) return;
    if (cut) this.#tally.torn += 1;
    else this.#tally.find('broken', this.name, 'closed within a frame');
  }

  #take(frame: StrictFrame | undefined, message: EventSourceMessage | undefined): void {
    if (frame === undefined || message === undefined || message.event !== frame.event) {
      this.#tally.find('broken', this.name, `read as ${frame?.event} and as ${message?.event}`);
      return;
    }
    this.#tally.frames += 1;
    if (frame.id !== (message.id ?? null)) this.#tally.find('broken', this.name, `the id of ${frame.event}`);
    this.fold.take({ event: message.event, data: JSON.parse(message.data) });
    if (message.id === undefined) return;
    if (message.id !== String(frame.data.revision)) {
      this.#tally.find('broken', this.name, `${message.id} as the id of ${frame.data.revision}`);
    }
    this.#lastEventId = message.id;
  }
}

/** What fetch throws where the connection was lost. */
function isCut(cause: unknown): boolean {
  return cause instanceof TypeError && cause.message === 'terminated';
}
