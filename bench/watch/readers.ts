/**
 * A process of `latency.ts` that reads many streams of one job and notes when each frame was whole. Processes share
 * one clock by `process.hrtime`; what they hold is asked for when the reports are over.
 */
import { get, type IncomingMessage } from 'node:http';
import type { Target } from '../load.ts';

/** What a process of readers is told, and what it says. */
export type Ask =
  | { ask: 'open'; target: Target; path: string; streams: number }
  /** Revisions in order, and when each was answered (ms of the shared clock). */
  | { ask: 'latencies'; answers: [revision: number, at: number][] };
export type Say =
  | { say: 'open' }
  | { say: 'latencies'; latencies: number[] }
  | { say: 'failed'; why: string };

/** ms of a clock that all processes of this machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

class Reader {
  /** Ids of the frames so far, and when each was whole. */
  readonly #ids: number[] = [];
  readonly #times: number[] = [];
  #text = '';
  #changed: () => void = () => {};

  constructor(stream: IncomingMessage) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const blocks = (this.#text + text).split('\n\n');
      this.#text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    });
    stream.once('close', () => fail(new Error(`a stream was closed at ${this.#ids.at(-1)}`)));
  }

  /** Resolves once everything has been told through `revision`. */
  async reached(revision: number): Promise<void> {
    while ((this.#ids.at(-1) ?? 0) < revision) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** From each answer to the frame that told of it (ms); 0 where the frame came first. */
  latencies(answers: readonly [revision: number, at: number][]): number[] {
    let frame = 0;
    return answers.map(([revision, at]) => {
      while ((this.#ids[frame] ?? Number.POSITIVE_INFINITY) < revision) frame += 1;
      return Math.max(0, (this.#times[frame] ?? Number.NaN) - at);
    });
  }

  #take(block: string): void {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    if (id === undefined) return;
    this.#ids.push(Number(id));
    this.#times.push(sharedNow());
    this.#changed();
  }
}

let readers: Reader[] = [];

if (process.send !== undefined) {
  process.on('message', (ask: Ask) => {
    answer(ask).then(say, fail);
  });
}

async function answer(ask: Ask): Promise<Say> {
  if (ask.ask === 'open') {
    const { target, path, streams } = ask;
    readers = await Promise.all(Array.from({ length: streams }, () => open(target, path)));
    return { say: 'open' };
  }
  const last = ask.answers.at(-1)?.[0] ?? 0;
  await Promise.all(readers.map((reader) => reader.reached(last)));
  return { say: 'latencies', latencies: readers.flatMap((reader) => reader.latencies(ask.answers)) };
}

/** A reader that has been told how things stand. */
async function open({ url, headers }: Target, path: string): Promise<Reader> {
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url + path, { headers, agent: false }, resolve).once('error', reject);
  });
  if (stream.statusCode !== 200) throw new Error(`a stream answered ${stream.statusCode}`);
  const reader = new Reader(stream);
  await reader.reached(1);
  return reader;
}

function say(what: Say): void {
  process.send?.(what);
}

function fail(why: unknown): void {
  say({ say: 'failed', why: String(why) });
}
