/** How long an answer takes while jobs are made, beside the same answer where nothing is. */
import { join } from 'node:path';
import type { Connection, Message } from '../connection.ts';
import { startFloor } from '../floor/floor.ts';
import { askWell, onConnections, type Target } from '../load.ts';
import { createJobs, creation } from '../measures.ts';
import { quantile } from '../stats.ts';

/** p99 (ms) where nothing else is done, and while so many jobs are made a second. */
export interface BesideCreates {
  idle: number;
  busy: number;
}

export interface BesidePlan {
  creates: number;
  seconds: number;
}

const CREATORS = 16;

/** Of the answers to `message`. */
export async function besideCreates(
  target: Target,
  connection: Connection,
  message: Message,
  { creates, seconds }: BesidePlan,
): Promise<BesideCreates> {
  const p99 = (times: number[]) =>
    quantile(
      times.sort((a, b) => a - b),
      0.99,
    );
  const askUntil = async (until: number) => {
    const times: number[] = [];
    for (let sent = performance.now(); sent < until; ) {
      await askWell(connection, message);
      times.push(performance.now() - sent);
      // Whoever lists looks at what came: a list without a pause would be a load of its own.
      await new Promise((resolve) => setTimeout(resolve, 5));
      sent = performance.now();
    }
    return times;
  };
  const idle = p99(await askUntil(performance.now() + seconds * 1_000));
  const busy = await onConnections(target, CREATORS, async (connections) => {
    const until = performance.now() + seconds * 1_000;
    const [times] = await Promise.all([askUntil(until), ...connections.map((one) => createAt(one, until))]);
    return p99(times);
  });
  return { idle, busy };

  /** One connection's share of the creations, each at its time. */
  async function createAt(one: Connection, until: number): Promise<void> {
    const every = (CREATORS * 1_000) / creates;
    for (let due = performance.now() + Math.random() * every; due < until; due += every) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      await askWell(one, creation());
    }
  }
}

/** The same of the floor, an object that reads one row, beside as many that write one: what runtime and disk make of it. */
export async function floorBesideCreates(
  folder: string,
  serviceBundle: string,
  plan: BesidePlan,
): Promise<BesideCreates> {
  const { target, stop } = await startFloor(join(folder, 'floor'), serviceBundle);
  try {
    const [id] = await createJobs(target, 1, 1);
    return await onConnections(target, 1, async ([connection]) => {
      if (connection === undefined) throw new Error('no connection');
      return besideCreates(target, connection, { method: 'GET', path: `/api/jobs/${id}` }, plan);
    });
  } finally {
    await stop();
  }
}
