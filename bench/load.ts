/** Closed-loop load: each connection sends its next request when the answer to the last has come. */
import { type Answer, Connection, type Message } from './connection.ts';
import { quantile } from './stats.ts';

/** Where requests go, and the headers that each of them has. */
export interface Target {
  url: string;
  headers: Record<string, string>;
}

export interface Shape {
  connections: number;
  /** How long requests are sent and counted, and how long before that they are sent only. */
  seconds: number;
  warmup: number;
  /** Answers that the warm-up waits for, until it is four times as long: what is first costs more than what follows. */
  warmAnswers?: number;
}

export interface Sample {
  /** Good answers after the warm-up, and how many a second until the last of them: those under way are waited for. */
  answers: number;
  perSecond: number;
  /** Milliseconds from sending to the whole answer. */
  p50: number;
  p99: number;
  /** Answers that were neither 2xx nor 304, and what the first of them said. They count nowhere else. */
  refused: number;
  firstRefusal: string | null;
}

/** Sends what `next` makes for a fixed time. */
export async function load(target: Target, next: () => Message, shape: Shape): Promise<Sample> {
  const latencies: number[] = [];
  let refused = 0;
  let firstRefusal: string | null = null;
  const took = await onConnections(target, shape.connections, async (connections) => {
    const clock = new WarmUp(shape);
    const loop = async (connection: Connection) => {
      for (let sent = performance.now(); sent < clock.until; ) {
        const answer = await connection.ask(next());
        const now = performance.now();
        const counts = clock.tick(now);
        if (!isGood(answer)) {
          refused += 1;
          firstRefusal ??= describe(answer);
        } else if (counts) latencies.push(now - sent);
        sent = now;
      }
    };
    await Promise.all(connections.map(loop));
    return (performance.now() - clock.from) / 1_000;
  });
  const sorted = Float64Array.from(latencies).sort();
  if (sorted.length === 0) throw new Error(`no good answer from ${target.url}; ${firstRefusal}`);
  return {
    answers: sorted.length,
    perSecond: sorted.length / took,
    ...{ p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
    ...{ refused, firstRefusal },
  };
}

/** Sends `count` requests, each of which must be answered well, and resolves with the seconds it took. */
export async function sendAll(
  target: Target,
  count: number,
  connections: number,
  next: (n: number) => Message,
  take: (answer: Answer, n: number) => void = () => {},
): Promise<number> {
  let sent = 0;
  return onConnections(target, Math.min(connections, count), async (open) => {
    const began = performance.now();
    const loop = async (connection: Connection) => {
      while (sent < count) {
        const n = sent++;
        take(await askWell(connection, next(n)), n);
      }
    };
    await Promise.all(open.map(loop));
    return (performance.now() - began) / 1_000;
  });
}

/** When answers begin to count, and when requests are no longer sent. */
class WarmUp {
  readonly #shape: Shape;
  readonly #began = performance.now();
  #answers = 0;
  from = Number.POSITIVE_INFINITY;
  until = Number.POSITIVE_INFINITY;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** Takes note of an answer at `now` and says whether it counts. */
  tick(now: number): boolean {
    if (this.from <= now) return true;
    const { seconds, warmup, warmAnswers = 0 } = this.#shape;
    this.#answers += 1;
    const lasted = (now - this.#began) / 1_000;
    if (lasted >= warmup && (this.#answers >= warmAnswers || lasted >= 4 * warmup)) {
      this.from = now;
      this.until = now + seconds * 1_000;
    }
    return false;
  }
}

/** Does some work with so many connections, and closes them. */
export async function onConnections<Outcome>(
  { url, headers }: Target,
  count: number,
  work: (connections: Connection[]) => Promise<Outcome>,
): Promise<Outcome> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(url, headers)));
  try {
    return await work(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Sends a request that must be answered well. */
export async function askWell(connection: Connection, message: Message): Promise<Answer> {
  const answer = await connection.ask(message);
  if (!isGood(answer)) throw new Error(`${message.method} ${message.path}: ${describe(answer)}`);
  return answer;
}

function isGood({ status }: Answer): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

function describe({ status, body }: Answer): string {
  return `${status} ${body.toString('utf8', 0, 300)}`;
}
