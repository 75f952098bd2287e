/** A socket that sends reports as frames, so many of them unanswered. */
import type { Ground } from './ground.ts';

interface Told {
  type?: string;
  acks?: { id: number; error?: { code: string } }[];
}

/** How long an answer is waited for (ms), and how long before a socket that was closed is opened again. */
const PATIENCE = 30_000;
const PAUSE = 500;

export class ReporterSocket {
  readonly #ground: Ground;
  readonly #job: string;
  #socket: WebSocket;

  constructor(ground: Ground, job: string, socket: WebSocket) {
    this.#ground = ground;
    this.#job = job;
    this.#socket = socket;
  }

  /** Keeps `outstanding` frames unanswered, on a new socket where one is closed. */
  async flood(outstanding: number, calledOff: AbortSignal, frame: (n: number) => object): Promise<void> {
    let n = 0;
    while (!calledOff.aborted) {
      const code = await this.#pour(outstanding, calledOff, () => ({ id: ++n, ...frame(n) }));
      if (code === null) return;
      this.#ground.tally.did(`closed with ${code}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const opened = await opening(this.#ground, this.#job).catch(() => null);
      if (opened === null) this.#ground.tally.did('no socket');
      else this.#socket = opened;
    }
  }

  /** Resolves with the code the socket was closed with; null once the attack was called off and all is answered. */
  #pour(outstanding: number, calledOff: AbortSignal, next: () => object): Promise<number | null> {
    const socket = this.#socket;
    const { tally } = this.#ground;
    return new Promise((resolve) => {
      let unanswered = 0;
      let patience: NodeJS.Timeout;
      const alive = () => {
        clearTimeout(patience);
        patience = setTimeout(() => end(-1), PATIENCE);
      };
      const end = (code: number | null) => {
        clearTimeout(patience);
        socket.onclose = null;
        socket.onmessage = null;
        resolve(code);
      };
      const send = () => {
        unanswered += 1;
        socket.send(JSON.stringify(next()));
      };
      socket.onclose = ({ code }) => end(code);
      socket.onmessage = ({ data }) => {
        alive();
        const told = JSON.parse(String(data)) as Told;
        if (told.type === 'ping') socket.send('{"type":"pong"}');
        const acks = told.type === 'error' ? [{ id: 0, error: { code: 'error' } }] : (told.acks ?? []);
        for (const { error } of acks) {
          unanswered -= 1;
          tally.did(error === undefined ? 'acks' : `refused: ${error.code}`);
          if (error?.code === 'internal') tally.fault('a frame was answered with internal');
          if (!calledOff.aborted) send();
        }
        if (calledOff.aborted && unanswered <= 0) end(null);
      };
      alive();
      for (let k = 0; k < outstanding; k++) send();
    });
  }
}

export async function openSocket(ground: Ground, job: string): Promise<ReporterSocket> {
  return new ReporterSocket(ground, job, await opening(ground, job));
}

function opening({ target }: Ground, job: string): Promise<WebSocket> {
  const { url, headers } = target;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/jobs/${job}/socket`, { headers });
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error('no socket'));
  });
}
