/** What one would build instead: a server of the same requests on a common stack, with its store beside it. */
import { randomBytes } from 'node:crypto';
import type { Child } from '../child.ts';
import { Connection } from '../connection.ts';
import type { Contestant } from '../contestant.ts';
import type { Target } from '../load.ts';
import { BATCH, batchTo, JOB_MEASURES, reportTo } from '../measures.ts';

export interface Peer extends Contestant {
  /** A client of its own kind that reports on one new job. */
  openReporter(): Promise<Reporter>;
}

/** One worker that reports on one job and waits until each report is durable. */
export interface Reporter {
  /** How it reports, for the table. */
  way: string;
  report(n: number): Promise<unknown>;
  /** How it would send many at once, and 100 reports sent that way, from the `n`th. */
  togetherWay: string;
  together(n: number): Promise<unknown>;
  close(): Promise<unknown>;
}

/** A peer from its running server, which says on which port it listens, and the processes behind that. */
export async function peerOf(
  name: string,
  { server, apiKey }: { server: Child; apiKey: string },
  stores: readonly Child[],
  openReporter: (target: Target) => Promise<Reporter>,
): Promise<Peer> {
  const stop = async () => {
    for (const child of [server, ...stores]) await child.stop();
  };
  try {
    const [, port] = await server.says(/listening on (\d+)/);
    const target = { url: `http://127.0.0.1:${port}`, headers: { Authorization: `Bearer ${apiKey}` } };
    return {
      ...{ name, kind: 'peer', target, stop, measures: JOB_MEASURES },
      pids: [server, ...stores].map(({ pid }) => pid),
      openReporter: () => openReporter(target),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The one key that a peer knows. */
export function newApiKey(): string {
  return randomBytes(24).toString('hex');
}

/** A worker that has HTTP alone. */
export async function openHttpReporter(target: Target, jobId: string): Promise<Reporter> {
  const connection = await Connection.open(target.url, target.headers);
  const ask = async (message: Parameters<Connection['ask']>[0]) => {
    const { status, body } = await connection.ask(message);
    if (status !== 200) throw new Error(`${message.path}: ${status} ${body}`);
  };
  return {
    way: 'HTTP, a report at a time',
    report: (n) => ask(reportTo(jobId, { processed_items: n })),
    togetherWay: `HTTP, batches of ${BATCH}`,
    together: (n) => ask(batchTo(jobId, (_, k) => ({ processed_items: n + k }))),
    close: async () => connection.close(),
  };
}
