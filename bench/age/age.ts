/** What age costs: the same requests of an organization whose stores are old and large and of a young one, in turn. */
import { join } from 'node:path';
import { bundleWorker } from '../bundle.ts';
import type { Message } from '../connection.ts';
import { type Headway, startHeadway } from '../headway.ts';
import { LineUp } from '../line-up.ts';
import { load } from '../load.ts';
import { createJobs, creation } from '../measures.ts';
import { untilQuiet } from '../quiet.ts';
import { median, ratio, type Spread } from '../stats.ts';
import { spreadText } from '../table.ts';
import type { Rows } from './rows.ts';

/** A young organization has enough of each that a page of it is full. */
const YOUNG: Rows = { feed: 3_000, summaries: 3_000, tombstones: 100, deliveries: 3_000 };
const AGED: Rows = { feed: 400_000, summaries: 200_000, tombstones: 50_000, deliveries: 100_000 };
const CONNECTIONS = 4;
/** Jobs that there are in earnest: the first page of a list shows these. */
const JOBS = 120;

export interface AgeCost {
  what: string;
  /** Answers a second. */
  young: number;
  aged: number;
  /** The time of an answer, aged ÷ young: the median of the rounds. */
  ratio: Spread;
}

/** Measures each request in both organizations, `rounds` times in turn. */
export async function measureAge(
  folder: string,
  serviceBundle: string,
  { rounds, seconds }: { rounds: number; seconds: number },
  tell: (line: string) => void,
): Promise<AgeCost[]> {
  const bundleDir = join(folder, 'bundle');
  await bundleWorker('bench/age/worker.ts', bundleDir, serviceBundle);
  const lineUp = new LineUp<Headway>(folder);
  const start = (dataDir: string) => startHeadway({ dataDir, bundleDir });
  try {
    const young = await lineUp.enter({ name: 'young', start }, (service) => fill(service, YOUNG));
    const aged = await lineUp.enter({ name: 'aged', start }, (service) => fill(service, AGED));
    const costs: AgeCost[] = [];
    for (const what of Object.keys(young.requests)) {
      const rates: Record<'young' | 'aged', number[]> = { young: [], aged: [] };
      for (let round = 0; round < rounds; round++) {
        rates.young.push(await lineUp.call(young.service, () => rate(young, what, seconds)));
        rates.aged.push(await lineUp.call(aged.service, () => rate(aged, what, seconds)));
      }
      const cost = {
        what,
        young: median(rates.young),
        aged: median(rates.aged),
        ratio: ratio(rates.young, rates.aged),
      };
      tell(`${what}: ${spreadText(cost.ratio)} times the time of a young one`);
      costs.push(cost);
    }
    return costs;
  } finally {
    await lineUp.leave();
  }
}

interface Aged {
  service: Headway;
  requests: Record<string, () => Message>;
}

/** Gives an organization its rows, and the requests that it is asked. */
async function fill(service: Headway, rows: Rows): Promise<Aged> {
  const { target, organization } = service;
  await createJobs(target, JOBS, CONNECTIONS);
  const ask = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(target.url + path, {
      method: 'POST',
      headers: { ...target.headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  // It is sent nothing in this run.
  const endpoint = { url: 'https://receiver.example/hook', event_types: ['job.failed'], enabled: false };
  const { webhook_id } = await ask('/api/webhooks', endpoint);
  const whose = `organization=${organization}&webhook=${webhook_id}`;
  await ask(`/age?${whose}`, rows);
  const get = (path: string) => (): Message => ({ method: 'GET', path });
  const deliveries = `/api/webhooks/${webhook_id}/deliveries`;
  return {
    service,
    requests: {
      create: creation,
      'list of jobs': get('/api/jobs/'),
      'list of jobs by status': get('/api/jobs/?status=failed'),
      'first page of the feed': get('/api/events?limit=100'),
      'list of deliveries': get(deliveries),
      'list of deliveries that finds none': get(`${deliveries}?event_id=none`),
      'pull of an endpoint': get(`/pull?${whose}`),
    },
  };
}

async function rate({ service, requests }: Aged, what: string, seconds: number): Promise<number> {
  const next = requests[what];
  if (next === undefined) throw new Error(`nobody asks for ${what}`);
  await untilQuiet(service.pids);
  const shape = { connections: CONNECTIONS, seconds, warmup: seconds / 4, warmAnswers: 10 * CONNECTIONS };
  const { perSecond, refused, firstRefusal } = await load(service.target, next, shape);
  if (refused > 0) throw new Error(`${what}: ${firstRefusal}`);
  return perSecond;
}
