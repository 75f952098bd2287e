/** Reports of one worker over one WebSocket, so many of them unanswered at a time. */
import type { Target } from '../load.ts';
import { quantile } from '../stats.ts';

export interface Shape {
  /** Reports that may be unanswered. */
  outstanding: number;
  seconds: number;
  warmup: number;
}

export interface SocketSample {
  answers: number;
  perSecond: number;
  /** From sending a report to its acknowledgement (ms). */
  p50: number;
  p99: number;
}

/** What is told on the socket, as far as it is looked at here: a watcher's frames come too. */
interface Message {
  type?: string;
  acks?: { id: number; applied?: boolean; error?: unknown }[];
}

/** Keeps `outstanding` reports under way for a fixed time; each must be applied. */
export async function loadSocket(target: Target, job: string, shape: Shape): Promise<SocketSample> {
  const socket = await open(target, `/api/jobs/${job}/socket`);
  try {
    return await new Promise((resolve, reject) => {
      const sent = new Map<number, number>();
      const latencies: number[] = [];
      const from = performance.now() + shape.warmup * 1_000;
      const until = from + shape.seconds * 1_000;
      let id = 0;
      const send = () => {
        id += 1;
        sent.set(id, performance.now());
        socket.send(JSON.stringify({ id, report: { processed_items: id } }));
      };
      socket.onclose = ({ code }) => reject(new Error(`the socket was closed with ${code}`));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as Message;
        if (message.type === 'error') return reject(new Error(String(data)));
        if (message.type === 'ping') return socket.send(JSON.stringify({ ...message, type: 'pong' }));
        const now = performance.now();
        for (const ack of message.acks ?? []) {
          if (ack.applied !== true) return reject(new Error(`not applied: ${JSON.stringify(ack)}`));
          const begun = sent.get(ack.id);
          if (begun === undefined) return reject(new Error(`an ack of ${ack.id}, which is not under way`));
          sent.delete(ack.id);
          if (now >= from) latencies.push(now - begun);
          if (now < until) send();
          else if (sent.size === 0) resolve(sampleOf(latencies, (now - from) / 1_000));
        }
      };
      for (let n = 0; n < shape.outstanding; n++) send();
    });
  } finally {
    socket.close();
  }
}

function open({ url, headers }: Target, path: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path, { headers });
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error(`no socket at ${path}`));
  });
}

function sampleOf(latencies: readonly number[], seconds: number): SocketSample {
  const sorted = Float64Array.from(latencies).sort();
  const perSecond = sorted.length / seconds;
  return { answers: sorted.length, perSecond, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
