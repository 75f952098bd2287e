/** Sockets that watch one job, and how many frames they were told in all. */
import type { Target } from '../load.ts';

/** A frame that stays away this long fails the measure (ms). */
const PATIENCE = 10_000;

export class Audience {
  readonly #sockets: WebSocket[];
  #frames = 0;
  #wake: () => void = () => {};
  #failure: Error | null = null;

  private constructor(sockets: WebSocket[]) {
    this.#sockets = sockets;
  }

  /** Opens `count` sockets at `path`. */
  static async open({ url, headers }: Target, path: string, count: number): Promise<Audience> {
    const audience = new Audience(
      Array.from({ length: count }, () => new WebSocket(url.replace(/^http/, 'ws') + path, { headers })),
    );
    await Promise.all(audience.#sockets.map((socket) => audience.#listen(socket)));
    return audience;
  }

  /** Frames until now, over all sockets. */
  get frames(): number {
    return this.#frames;
  }

  /** Resolves once there have been so many. */
  async reached(frames: number): Promise<void> {
    const patience = setTimeout(() => this.#fail(`${this.#frames} frames of ${frames} came`), PATIENCE);
    while (this.#frames < frames && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(patience);
    if (this.#failure !== null) throw this.#failure;
  }

  close(): void {
    for (const socket of this.#sockets) {
      socket.onclose = null;
      socket.close();
    }
  }

  #listen(socket: WebSocket): Promise<void> {
    socket.onmessage = ({ data }) => {
      // What the service asks whether it is read is no frame, and is answered.
      if (String(data).includes('"type":"ping"')) {
        socket.send(JSON.stringify({ ...JSON.parse(String(data)), type: 'pong' }));
        return;
      }
      this.#frames += 1;
      this.#wake();
    };
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onclose = ({ code }) => {
        reject(new Error(`a socket was not opened: ${code}`));
        this.#fail(`a socket was closed with ${code}`);
      };
    });
  }

  #fail(why: string): void {
    this.#failure ??= new Error(why);
    this.#wake();
  }
}
