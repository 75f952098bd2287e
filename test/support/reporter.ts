import type { Client } from './client';
import { openSocket, type SocketClient } from './socket';

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
type Message = any;

/** A worker that reports over a job's socket. What it is told as a watcher it passes over. */
export class SocketReporter {
  readonly socket: SocketClient;
  /** The messages with answers, in order. */
  readonly answers: Message[] = [];
  /** Types of all messages, in order. */
  readonly types: string[] = [];
  #ids = 0;

  constructor(socket: SocketClient) {
    this.socket = socket;
  }

  static async open(client: Client, jobId: string, query = ''): Promise<SocketReporter> {
    const socket = await openSocket(client, jobId, query);
    if (socket.response.status !== 101) throw new Error(`socket: ${socket.response.status}`);
    return new SocketReporter(socket);
  }

  /** Sends a frame under an id of its own, and answers that id. */
  send(frame: Record<string, unknown>): number {
    const id = ++this.#ids;
    this.socket.send(JSON.stringify({ id, ...frame }));
    return id;
  }

  /** Sends one report and waits for its ack. */
  async report(report: Record<string, unknown>, key?: string): Promise<Message> {
    const id = this.send({ ...(key === undefined ? {} : { key }), report });
    const [ack] = await this.acks(1);
    if (ack.id !== id) throw new Error(`ack ${ack.id} for ${id}`);
    return ack;
  }

  /** The next `count` acks, or as many as come before it is closed. */
  async acks(count: number): Promise<Message[]> {
    const acks: Message[] = [];
    while (acks.length < count) {
      const message = await this.next('acks');
      if (message === null) return acks;
      this.answers.push(message);
      acks.push(...message.acks);
    }
    return acks;
  }

  /** The next message of a type; null once it is closed. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const message = await this.socket.next();
      if (message === null) return null;
      this.types.push(message.type);
      if (message.type === type) return message;
    }
  }
}
