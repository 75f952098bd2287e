import { expect } from 'vitest';
import type { Client } from './client';
import { openStream, type StreamFrame, type StreamReader } from './stream';

/** A client that folds a job's stream into the job's body, and holds the stream to its promises as it reads. */
export class Follower {
  // biome-ignore lint/suspicious/noExplicitAny: a body as it came
  job: any = null;
  /** Places of all entries read, `revision.k`. */
  readonly entries: string[] = [];
  /** Revision at which it began. */
  began = 0;
  resyncs = 0;
  readonly #client: Client;
  readonly #jobId: string;
  #stream: StreamReader | null = null;
  #reading: Promise<void> = Promise.resolve();
  #last = 0;
  lastEventId: string | null = null;

  constructor(client: Client, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  /** Opens its stream where it stands and reads it in the background; a 204 says that it has all there is. */
  async open(): Promise<void> {
    const stream = await openStream(this.#client, this.#jobId, {
      ...(this.lastEventId === null ? {} : { lastEventId: this.lastEventId }),
    });
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

  #take({ event, id, data }: StreamFrame): void {
    if (event === 'resync') {
      this.resyncs += 1;
      this.lastEventId = null;
      return;
    }
    expect(data.revision).toBe(Number(id));
    if (event === 'end') return;
    if (this.lastEventId !== null) expect(data.revision).toBeGreaterThan(Number(this.lastEventId));
    this.lastEventId = id;
    if (event === 'snapshot') {
      this.began = data.revision;
      this.entries.length = 0;
      this.#last = place(data.revision + 1, -1);
      this.job = data.job;
    } else {
      this.#fold(data);
    }
  }

  #fold({ job, entries }: StreamFrame['data']): void {
    for (const { revision, k, kind, data } of entries) {
      expect(revision).toBeGreaterThan(this.began);
      expect(place(revision, k)).toBeGreaterThan(this.#last);
      this.#last = place(revision, k);
      this.entries.push(`${revision}.${k}`);
      if (kind === 'error') this.job.errors = [...this.job.errors, data].slice(-100);
      if (kind === 'warning') this.job.warnings = [...this.job.warnings, data].slice(-100);
    }
    if (job === undefined) return;
    const { metadata = { ...this.job.metadata }, ...rest } = job;
    for (const name of ['stage', 'last_message']) {
      if (job[name] === null) delete metadata[name];
      else metadata[name] = job[name];
    }
    this.job = { ...this.job, ...rest, metadata };
  }
}

/** One number for each place, in order. */
function place(revision: number, k: number): number {
  return revision * 10_000 + k;
}
