/** The JavaScript heap of a service, through V8's inspector: what its code still holds, without what is only not collected yet. */
import { setTimeout as sleep } from 'node:timers/promises';

const MIB = 2 ** 20;
/** How often an isolate is woken while it owes an answer, and how long it may owe one (ms). */
const WAKE = 100;
const PATIENCE = 60_000;

interface Reply {
  id?: number;
  result?: { usedSize: number; backingStorageSize: number };
  error?: { message: string };
}

export class Heap {
  readonly #socket: WebSocket;
  readonly #wake: () => Promise<unknown>;
  readonly #asked = new Map<number, PromiseWithResolvers<Reply>>();
  #last = 0;

  private constructor(socket: WebSocket, wake: () => Promise<unknown>) {
    this.#socket = socket;
    this.#wake = wake;
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id !== undefined) this.#asked.get(reply.id)?.resolve(reply);
    });
    socket.addEventListener('close', () => {
      for (const { resolve } of this.#asked.values())
        resolve({ error: { message: 'the inspector has hung up' } });
    });
  }

  /**
   * Of the isolate of the service `name`, at the inspector on this port of loopback. An isolate that has nothing to do does
   * not hear its inspector: `wake` is a request to it.
   */
  static async open(port: number, name: string, wake: () => Promise<unknown>): Promise<Heap> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${name}`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error('no inspector')), { once: true });
    });
    return new Heap(socket, wake);
  }

  /** What is left in use after a collection, buffers included (MiB). */
  async used(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    const { result } = await this.#ask('Runtime.getHeapUsage');
    if (result === undefined) throw new Error('the inspector tells no heap');
    return (result.usedSize + result.backingStorageSize) / MIB;
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(method: string): Promise<Reply> {
    const id = ++this.#last;
    const reply = Promise.withResolvers<Reply>();
    this.#asked.set(id, reply);
    this.#socket.send(JSON.stringify({ id, method }));
    const { error, ...rest } = await this.#awake(reply.promise).finally(() => this.#asked.delete(id));
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return rest;
  }

  /** The reply of an isolate that is woken until it gives one. */
  async #awake(reply: Promise<Reply>): Promise<Reply> {
    for (const late = performance.now() + PATIENCE; performance.now() < late; ) {
      await this.#wake();
      const told = await Promise.race([reply, sleep(WAKE, null)]);
      if (told !== null) return told;
    }
    throw new Error('the inspector does not answer');
  }
}
