/** A connection that sends whatever bytes it is given, and reads what HTTP/1.1 answers to them. */
import type { Socket } from 'node:net';
import { connectTo } from '../connect-to.ts';

export interface Answer {
  status: number;
  /** By name in lower case; of a repeated one the last. */
  headers: Map<string, string>;
  body: Buffer;
}

const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';

export class Wire {
  readonly #socket: Socket;
  #received: Buffer = NOTHING;
  #closed = false;
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  static async open(url: string): Promise<Wire> {
    return new Wire(await connectTo(url));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Sends, and hangs up its own side after that where `over`. Null where no answer began within so many ms. */
  async send(bytes: Buffer, patience: number, over = false): Promise<Answer | null> {
    this.#received = NOTHING;
    if (!this.#closed) this.#socket.write(bytes);
    if (over && !this.#closed) this.#socket.end();
    for (const until = performance.now() + patience; ; ) {
      const answer = answerIn(this.#received, this.#closed);
      if (answer !== null) return answer;
      const left = until - performance.now();
      if (this.#closed || left <= 0) return null;
      await this.#change(left);
    }
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The first answer in what came; null while it is not whole. Of an event stream, which may never end, what is there is the whole. */
function answerIn(received: Buffer, closed: boolean): Answer | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const [first = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? Number.NaN);
  const rest = received.subarray(end + HEAD_END.length);
  if (status >= 100 && status < 200 && status !== 101) return answerIn(rest, closed);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = bodyIn(rest, status, headers, closed);
  return body === null ? null : { status, headers, body };
}

function bodyIn(rest: Buffer, status: number, headers: Map<string, string>, closed: boolean): Buffer | null {
  if (status === 101 || status === 204 || status === 304) return NOTHING;
  const length = headers.get('content-length');
  if (length !== undefined) return rest.length < Number(length) ? null : rest.subarray(0, Number(length));
  if (headers.get('transfer-encoding') !== 'chunked') return closed ? rest : null;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) break;
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    if (rest.length < line + 2 + size) break;
    parts.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  const told = Buffer.concat(parts);
  const streams = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  return streams || closed ? told : null;
}
