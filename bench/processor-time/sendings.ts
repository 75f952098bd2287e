/** The requests whose processor time is measured, of the service and of the floor: the same, or the least that comes close. */
import { Connection, type Message } from '../connection.ts';
import type { Contestant } from '../contestant.ts';
import { askWell, sendAll, type Target } from '../load.ts';
import { createJobs, creation, prepareJobs, reportTo, workload } from '../measures.ts';
import { Audience } from './audience.ts';

/** What is sent to either side. */
export const COSTS = {
  report: { service: 'report, 200 jobs', floor: 'write of a row' },
  poll: { service: 'poll, 200 jobs', floor: 'read of a row' },
  conditional: { service: 'conditional poll of one job', floor: 'bare answer' },
  create: { service: 'create', floor: 'first touch of an object' },
  list: { service: 'list, 50 jobs', floor: 'read of a row with the same answer' },
  batch: { service: 'batch of 100 reports', floor: 'write of a row with the same body' },
  frame: { service: 'frame of one report to one of 50 sockets', floor: 'the row to one of 50 sockets' },
} as const;
export type Cost = keyof typeof COSTS;

/** Sockets that watch one job. */
const WATCHERS = 50;
const CONNECTIONS = 16;

export interface Sending {
  /** Opens the connections that it takes. */
  open(): Promise<Sender>;
  /** Whether it leaves something to be done. */
  writes: boolean;
}

export interface Sender {
  /** Sends for some seconds, and at least so many times. Answers how many requests, or frames, there were. */
  send(seconds: number, atLeast: number): Promise<number>;
  close(): void;
}

/** Prepares a contestant for all of it. `list` is what a list answers, for a side that has none. */
export async function sendingsOf(contestant: Contestant, list?: unknown): Promise<Record<Cost, Sending>> {
  const { target } = contestant;
  const isFloor = contestant.kind === 'floor';
  const jobs = await prepareJobs(target);
  const requests = workload(jobs);
  const [still, watched] = await createJobs(target, 2, 1);
  if (isFloor) await sendAll(target, 1, 1, () => reportTo(still, { list }));
  const get =
    (path: string, headers = {}) =>
    (): Message => ({ method: 'GET', path, headers });
  // A reader that holds the job as it was created.
  const conditional = get(`/api/jobs/${still}`, { 'If-None-Match': '"a-1"' });
  const rowOfBatch = () => reportTo(jobs.one, { ...(requests.batch().body as object) });
  const read = (next: () => Message): Sending => ({ open: () => openRequests(target, next), writes: false });
  const write = (next: () => Message): Sending => ({ ...read(next), writes: true });
  const room = isFloor ? `/watched/${watched}` : `/api/jobs/${watched}`;
  return {
    report: write(requests['report-200']),
    poll: read(requests.poll),
    conditional: read(isFloor ? requests.bare : conditional),
    create: write(creation),
    list: read(isFloor ? get(`/api/jobs/${still}`) : requests.list),
    batch: write(isFloor ? rowOfBatch : requests.batch),
    frame: { open: () => openFrames(target, room), writes: true },
  };
}

/** Requests of which each must be answered well. */
async function openRequests({ url, headers }: Target, next: () => Message): Promise<Sender> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(url, headers)),
  );
  return {
    async send(seconds, atLeast) {
      const until = performance.now() + seconds * 1_000;
      let count = 0;
      const loop = async (connection: Connection) => {
        while (count < atLeast || performance.now() < until) {
          count += 1;
          await askWell(connection, next());
        }
      };
      await Promise.all(connections.map(loop));
      return count;
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

let items = 0;

/** Reports on one watched job, each when everybody was told of the last. What is counted are the frames. */
async function openFrames({ url, headers }: Target, room: string): Promise<Sender> {
  const audience = await Audience.open({ url, headers }, `${room}/socket`, WATCHERS);
  const connection = await Connection.open(url, headers);
  return {
    async send(seconds, atLeast) {
      const [before, until] = [audience.frames, performance.now() + seconds * 1_000];
      do {
        const expected = audience.frames + WATCHERS;
        await askWell(connection, {
          ...{ method: 'POST', path: `${room}/progress` },
          body: { processed_items: ++items },
        });
        await audience.reached(expected);
      } while (audience.frames - before < atLeast || performance.now() < until);
      return audience.frames - before;
    },
    close() {
      audience.close();
      connection.close();
    },
  };
}
