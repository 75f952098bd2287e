/** Lists of an index of so many jobs: how long each takes, and the rows that it reads. */
import { join } from 'node:path';
import type { Connection, Message } from '../connection.ts';
import { type Headway, startHeadway } from '../headway.ts';
import { askWell, onConnections, type Target } from '../load.ts';
import { createJobs } from '../measures.ts';
import { untilQuiet } from '../quiet.ts';
import { median, quantile } from '../stats.ts';
import { FILTERS, ORDERS, pairs } from './asks.ts';
import { type BesideCreates, type BesidePlan, besideCreates } from './beside-creates.ts';
import type { Filled } from './filling.ts';

export interface ListCost {
  what: string;
  /** ms. */
  median: number;
  p99: number;
  rows: number;
}

export interface IndexCost {
  jobs: number;
  /** Of the whole database, indexes and all. */
  bytesAJob: number;
  /** Of its row alone. */
  entryBytes: number;
  pages: ListCost[];
  filters: ListCost[];
  pairs: ListCost[];
  /** Of the first page. */
  beside: BesideCreates;
}

export interface IndexPlan extends BesidePlan {
  /** Answers of each list. */
  answers: number;
  /** Those of each pair. */
  pairAnswers: number;
}

const LIMIT = 50;
const FIRST_PAGE: Message = { method: 'GET', path: `/api/jobs?limit=${LIMIT}` };
/** Jobs that are asked to be filled in one request. */
const FILLED_AT_ONCE = 20_000;

export async function measureIndex(
  folder: string,
  bundleDir: string,
  jobs: number,
  plan: IndexPlan,
  tell: (line: string) => void,
): Promise<IndexCost> {
  const service = await startHeadway({ dataDir: join(folder, `jobs-${jobs}`), bundleDir });
  try {
    await createJobs(service.target, 1, 1);
    const now = Date.now();
    const { bytes, entry } = await fill(service, jobs, now, tell);
    const { target } = service;
    const named = await namesIn(target, now);
    return await onConnections(target, 1, async ([connection]) => {
      if (connection === undefined) throw new Error('no connection');
      const cost = (what: string, query: string, answers: number) =>
        costOf(target, connection, what, `/api/jobs?limit=${LIMIT}&${named(query)}`, answers);
      await untilQuiet(service.pids);
      const pages: ListCost[] = [];
      for (const order of ORDERS) {
        for (const [what, query] of Object.entries(await placesIn(connection, order, now))) {
          pages.push(await cost(`${what} by ${order}`, query, plan.answers));
        }
      }
      const filters: ListCost[] = [];
      for (const [what, query] of Object.entries(FILTERS))
        filters.push(await cost(what, query, plan.answers));
      const two: ListCost[] = [];
      const ordered = Object.entries(FILTERS).map(([what, query]) => [
        `${what}; by updated_at`,
        `${query}&order=updated_at`,
      ]);
      for (const [what = '', query = ''] of [...pairs(), ...ordered]) {
        two.push(await cost(what, query, plan.pairAnswers));
      }
      const beside = await besideCreates(target, connection, FIRST_PAGE, plan);
      const size = { jobs, bytesAJob: bytes / jobs, entryBytes: entry };
      return { ...size, pages, filters, pairs: two, beside };
    });
  } finally {
    await service.stop();
  }
}

/** Fills the index. */
async function fill(
  { target, organization }: Headway,
  total: number,
  now: number,
  tell: (line: string) => void,
): Promise<Filled> {
  let filled: Filled = { bytes: 0, entry: 0 };
  for (let from = 0; from < total; from += FILLED_AT_ONCE) {
    const count = Math.min(FILLED_AT_ONCE, total - from);
    const response = await fetch(`${target.url}/fill?organization=${organization}`, {
      method: 'POST',
      body: JSON.stringify({ from, count, total, now }),
    });
    if (!response.ok) throw new Error(`filling: ${response.status} ${await response.text()}`);
    filled = (await response.json()) as Filled;
    if ((from + count) % 100_000 === 0) tell(`${from + count} jobs of ${total}`);
  }
  return filled;
}

/** Puts into a query what is known of the jobs once they are there. */
async function namesIn(target: Target, now: number): Promise<(query: string) => string> {
  const { url, headers } = target;
  const found = await fetch(`${url}/api/jobs?limit=100&q=once&created_before=${now}`, { headers });
  const { jobs } = (await found.json()) as { jobs: { job_id: string }[] };
  const parent = jobs.at(-1)?.job_id ?? '00000000-0000-8000-8000-000000000000';
  const yesterday = String(now - 86_400_000);
  return (query) => query.replace('{parent}', parent).replace('{yesterday}', yesterday);
}

/** The first page, the tenth, and the last but a few, as queries. */
async function placesIn(connection: Connection, order: string, now: number): Promise<Record<string, string>> {
  const first = `order=${order}`;
  let cursor = '';
  for (let page = 1; page < 10; page++) {
    const path = `/api/jobs?limit=${LIMIT}&${first}${cursor}`;
    const { body } = await askWell(connection, { method: 'GET', path });
    cursor = `&cursor=${(JSON.parse(body.toString()) as { next_cursor: string }).next_cursor}`;
  }
  const places = { 'first page': first, 'tenth page': first + cursor };
  if (order !== 'created_at') return places;
  // As deep as a cursor gets: all but a thousandth of the time lies before it.
  return { ...places, 'deepest page': `${first}&created_before=${now - 30 * 86_400_000 * 0.95}` };
}

async function costOf(
  { url, headers }: Target,
  connection: Connection,
  what: string,
  path: string,
  answers: number,
): Promise<ListCost> {
  const counted = await fetch(`${url}/rows?path=${encodeURIComponent(path)}`, { headers });
  const rows = Number(await counted.text());
  const times = await timesOf(connection, { method: 'GET', path }, answers);
  return {
    what,
    median: median(times),
    p99: quantile(
      times.sort((a, b) => a - b),
      0.99,
    ),
    rows,
  };
}

/** The times (ms) of so many answers, after a few that are not counted. */
async function timesOf(connection: Connection, message: Message, answers: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = -3; n < answers; n++) {
    const sent = performance.now();
    await askWell(connection, message);
    if (n >= 0) times.push(performance.now() - sent);
  }
  return times;
}
