import { jobPath } from './reading.ts';
import type { Schemas } from './schemas.ts';
import type { Job } from './types.ts';
import type { Answer, Wire, WireOptions } from './wire.ts';

/** How long a socket may take to open, or a report to be answered (ms). */
const PATIENCE = 15_000;
/** How long reports go as requests where no socket could be opened (ms). */
const REST = 60_000;

/** What the service tells on a socket, as far as it is looked at here. */
interface Message {
  type?: string;
  mark?: string;
  acks?: ({ id: number; error?: unknown } & Partial<Answer>)[];
  control?: Answer['control'];
  job?: Pick<Job, 'status' | 'cancellation'>;
}

/**
 * Reports go over the job’s own socket, and a cancellation comes at once: `new Headway({ …, wire: overSocket })`. What gets no
 * good answer there is POSTed, and so is all where the host has no `WebSocket` or none can be opened. An open socket holds
 * the process until the job is left.
 */
export function overSocket(options: WireOptions): Wire {
  return new SocketWire(options);
}

class SocketWire implements Wire {
  readonly #options: WireOptions;
  #socket: Promise<WebSocket | null> | null = null;
  #live: WebSocket | null = null;
  #waiting: { id: number; answer: (answer: Answer | null) => void } | null = null;
  #frames = 0;
  #notBefore = 0;
  #closed = false;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  async send(body: string, key: string | undefined): Promise<Answer | null> {
    const socket = await this.#open();
    if (socket === null || this.#closed) return null;
    const id = ++this.#frames;
    const named = key === undefined ? '' : `"key":${JSON.stringify(key)},`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#lose(socket), PATIENCE);
      const answer = (told: Answer | null) => {
        clearTimeout(timer);
        this.#waiting = null;
        resolve(told);
      };
      this.#waiting = { id, answer };
      socket.send(`{"id":${id},${named}${body.slice(1)}`);
    });
  }

  close(): void {
    this.#closed = true;
    void this.#socket?.then((socket) => socket !== null && this.#lose(socket));
  }

  #open(): Promise<WebSocket | null> | null {
    if (this.#socket !== null) return this.#socket;
    if (this.#closed || typeof WebSocket === 'undefined' || Date.now() < this.#notBefore) return null;
    this.#socket = this.#connect().catch(() => {
      this.#notBefore = Date.now() + REST;
      this.#socket = null;
      return null;
    });
    return this.#socket;
  }

  async #connect(): Promise<WebSocket> {
    const { transport, jobId } = this.#options;
    const query = { token: await this.#token() };
    const socket = new WebSocket(transport.address(jobPath(jobId, '/socket'), query).replace(/^http/, 'ws'));
    socket.addEventListener('message', ({ data }) => this.#hear(socket, JSON.parse(String(data))));
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => socket.close(), PATIENCE);
      const settled = (settle: () => void) => () => {
        clearTimeout(late);
        settle();
      };
      socket.addEventListener('open', settled(resolve));
      socket.addEventListener('error', settled(reject));
      socket.addEventListener('close', settled(reject));
    });
    this.#live = socket;
    socket.addEventListener('close', () => this.#lose(socket));
    return socket;
  }

  /** No host lets a program choose a socket’s headers: a token in its address opens it. */
  async #token(): Promise<string | undefined> {
    const { transport, jobId } = this.#options;
    const { credential } = transport;
    if (credential === null) return undefined;
    if (credential.startsWith('hwt_')) return credential;
    const text = JSON.stringify({ scope: 'report' });
    const path = jobPath(jobId, '/tokens');
    const { token } = await transport.attempt<Schemas['JobToken']>({ method: 'POST', path, text });
    return token;
  }

  #hear(socket: WebSocket, { type, mark, acks = [], control, job }: Message): void {
    if (mark !== undefined) socket.send(JSON.stringify({ type: 'pong', mark }));
    if (job?.status === 'cancelled' && job.cancellation !== null) this.#options.cancelled(job.cancellation);
    const ack = acks.find(({ id }) => id === this.#waiting?.id);
    // Of a refusal the route says more: with what status, and when to come again.
    if (ack !== undefined) this.#waiting?.answer(ack.error || !control ? null : { ...ack, control });
    if (type === 'error') this.#lose(socket);
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#live) return;
    this.#live = null;
    this.#socket = null;
    socket.close();
    this.#waiting?.answer(null);
  }
}
