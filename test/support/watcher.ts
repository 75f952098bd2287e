/** The four ways to watch a job behind one face, so that the same scenarios run over all of them. They know HTTP alone. */
import type { Answer, Client } from './client';
import { Fold } from './fold';
import { openSocket, type SocketClient } from './socket';
import { openStream, type StreamReader } from './stream';

/** A job's body as GET answers it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
export type Body = any;

/** How a watch ended: the job is settled, as it was seen last, or it is gone. */
export type End = { how: 'settled'; job: Body } | { how: 'gone' };

export interface Watcher {
  /** The job as this watcher has it once it was told of `revision`. */
  reached(revision: number): Promise<Body>;
  /** Watches to the end. */
  end(): Promise<End>;
  stop(): Promise<void>;
}

/** Each begins to watch a job and resolves when it knows its state. */
export const TRANSPORTS: Record<string, (client: Client, jobId: string) => Promise<Watcher>> = {
  poll: async (client, jobId) => new Poller(client, jobId, 0),
  'long poll': async (client, jobId) => new Poller(client, jobId, 20),
  'event stream': (client, jobId) => Told.open(new StreamLine(client, jobId)),
  WebSocket: (client, jobId) => Told.open(new SocketLine(client, jobId)),
};

/** Asks again and again: on condition that there is news, or waiting for it. */
class Poller implements Watcher {
  readonly #client: Client;
  readonly #jobId: string;
  readonly #wait: number;
  #job: Body = null;
  #tag: string | null = null;
  #gone = false;

  constructor(client: Client, jobId: string, wait: number) {
    this.#client = client;
    this.#jobId = jobId;
    this.#wait = wait;
  }

  async reached(revision: number): Promise<Body> {
    while (this.#job === null || this.#job.revision < revision) {
      await this.#ask();
      if (this.#gone) throw new Error(`gone before revision ${revision}`);
    }
    return this.#job;
  }

  async end(): Promise<End> {
    while (!this.#gone && !isSettled(this.#job)) await this.#ask();
    // A settled job may have been deleted since.
    if (!this.#gone) this.#gone = isGone(await this.#client.get(`/api/jobs/${this.#jobId}`));
    return this.#gone ? { how: 'gone' } : { how: 'settled', job: this.#job };
  }

  async stop(): Promise<void> {}

  async #ask(): Promise<void> {
    const waits = this.#wait > 0 && this.#job !== null;
    const answer = await this.#client.get(
      `/api/jobs/${this.#jobId}${waits ? `?wait=${this.#wait}&after=${this.#job.revision}` : ''}`,
      { headers: this.#tag === null || waits ? {} : { 'If-None-Match': this.#tag } },
    );
    if (answer.status === 304 && answer.headers.get('ETag') === this.#tag) return;
    this.#gone = isGone(answer);
    if (this.#gone) return;
    this.#job = answer.json;
    this.#tag = answer.headers.get('ETag');
    if (this.#tag === null) throw new Error('a job without an ETag');
  }
}

/** What tells a job frame by frame. */
interface Line {
  /** Begins, or goes on behind revision `after`. False where nothing more will come; null where the job is gone. */
  open(after: number | null): Promise<boolean | null>;
  /** The next frame, null at the end. */
  next(): Promise<{ event: string; data: Body } | null>;
  close(): Promise<void>;
}

/** Folds what a line tells, and comes back once after the end to learn why it ended. */
class Told implements Watcher {
  readonly #line: Line;
  readonly #fold = new Fold((fault, what) => {
    throw new Error(`${fault}: ${what}`);
  });

  private constructor(line: Line) {
    this.#line = line;
  }

  static async open(line: Line): Promise<Told> {
    const told = new Told(line);
    await line.open(null);
    await told.reached(1);
    return told;
  }

  async reached(revision: number): Promise<Body> {
    while ((this.#fold.position ?? 0) < revision) {
      const frame = await this.#line.next();
      if (frame === null) throw new Error(`ended before revision ${revision}`);
      this.#fold.take(frame);
    }
    return this.#fold.job;
  }

  async end(): Promise<End> {
    for (let frame = await this.#line.next(); frame !== null; frame = await this.#line.next()) {
      this.#fold.take(frame);
    }
    if (!this.#fold.ended) throw new Error('closed without an end');
    const more = await this.#line.open(this.#fold.position);
    if (more) throw new Error('there is more after the end');
    return more === null ? { how: 'gone' } : { how: 'settled', job: this.#fold.job };
  }

  stop(): Promise<void> {
    return this.#line.close();
  }
}

class StreamLine implements Line {
  readonly #client: Client;
  readonly #jobId: string;
  #stream: StreamReader | null = null;

  constructor(client: Client, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  async open(after: number | null): Promise<boolean | null> {
    const from = after === null ? {} : { lastEventId: String(after) };
    this.#stream = await openStream(this.#client, this.#jobId, from);
    const { status } = this.#stream.response;
    return status === 404 ? null : status === 200;
  }

  async next(): Promise<{ event: string; data: Body } | null> {
    return (await this.#stream?.next()) ?? null;
  }

  async close(): Promise<void> {
    await this.#stream?.close();
  }
}

class SocketLine implements Line {
  readonly #client: Client;
  readonly #jobId: string;
  #socket: SocketClient | null = null;

  constructor(client: Client, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  async open(after: number | null): Promise<boolean | null> {
    this.#socket = await openSocket(this.#client, this.#jobId, after === null ? '' : `?after=${after}`);
    if (this.#socket.response.status === 404) return null;
    // A settled job's watcher is told of the end alone.
    return after === null || (await this.next())?.event !== 'end';
  }

  async next(): Promise<{ event: string; data: Body } | null> {
    const message = (await this.#socket?.next()) ?? null;
    if (message === null) {
      if (this.#socket?.closed !== 1000) throw new Error(`closed with ${this.#socket?.closed}`);
      return null;
    }
    const { type: event, ...data } = message;
    return { event, data };
  }

  async close(): Promise<void> {
    this.#socket?.close();
  }
}

/** Nothing can change any more: terminal and, if cancelled, acknowledged. Source: behaviour §1. */
function isSettled(job: Body): boolean {
  if (job === null || ['pending', 'in_progress'].includes(job.status)) return false;
  return job.status !== 'cancelled' || job.cancellation.acknowledged_at !== null;
}

function isGone({ status, text }: Answer): boolean {
  if (status !== 200 && status !== 404) throw new Error(`a poll answered ${status} ${text}`);
  return status === 404;
}
