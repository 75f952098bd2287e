import { expect } from 'vitest';
import type { Client } from './client';
import { Fold } from './fold';
import { openStream, type StreamFrame, type StreamReader } from './stream';

/** A client that folds a job's stream into the job's body, and holds the stream to its promises as it reads. */
export class Follower {
  readonly fold = new Fold((fault, what) => {
    if (fault === 'resync') this.resyncs += 1;
    else expect.fail(`${fault}: ${what}`);
  });
  resyncs = 0;
  readonly #client: Client;
  readonly #jobId: string;
  #stream: StreamReader | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(client: Client, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  /** Opens its stream where it stands and reads it in the background; a 204 says that it has all there is. */
  async open(): Promise<void> {
    const { position } = this.fold;
    const from = position === null ? {} : { lastEventId: String(position) };
    const stream = await openStream(this.#client, this.#jobId, from);
    if (stream.response.status === 204) return;
    expect(stream.response.status).toBe(200);
    this.#stream = stream;
    this.#reading = this.#read(stream);
  }

  /** Goes away without a word. */
  async drop(): Promise<void> {
    await this.#stream?.close();
    await this.#reading;
  }

  /** Resolves when the stream has ended by itself. */
  async ended(): Promise<void> {
    await this.#reading;
  }

  async #read(stream: StreamReader): Promise<void> {
    for (;;) {
      const frame = await stream.next();
      if (frame === null) return;
      this.#take(frame);
    }
  }

  #take(frame: StreamFrame): void {
    if (frame.event !== 'resync') expect(frame.data.revision).toBe(Number(frame.id));
    this.fold.take(frame);
  }
}
