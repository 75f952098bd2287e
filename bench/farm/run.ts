/** Sends events through the service to a farm of receivers and looks at what became of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Farm, makeReceivers, type Receiver } from './receivers.ts';
import { type ShownDelivery, Tenant } from './tenant.ts';

/** ms before each attempt in this run, in place of 75 hours. */
const SCHEDULE = [0, 100, 1_000, 3_000];
/** One job begins so long after the other (ms): more at once and a receiver on the same machine is late by itself. */
const JOB_PACE = 250;
/** Events of a job: created, started, completed. */
const PER_JOB = 3;
/** What a huge answer may cost the receiver for each attempt: what is read, and what buffers take on the way. */
const HUGE_BYTES = 16 * 1024 ** 2;

export interface Row {
  name: string;
  requests: number;
  delivered: number;
  exhausted: number;
  open: number;
  enabled: boolean;
  /** From the first event to its last request (s). */
  seconds: number;
}

export interface FarmReport {
  events: number;
  rows: Row[];
  /** What was not as promised; empty where all was. */
  faults: string[];
}

/** Runs `events` events, a multiple of three, with `timeout` ms for an attempt; ends within `patience` ms. */
export async function runFarm(
  dataDir: string,
  bundleDir: string,
  { events, timeout, patience }: { events: number; timeout: number; patience: number },
): Promise<FarmReport> {
  const farm = await Farm.open(makeReceivers());
  const tenant = await Tenant.start(dataDir, bundleDir, {
    WEBHOOK_TIMEOUT_MS: String(timeout),
    WEBHOOK_SCHEDULE_MS: SCHEDULE.join(','),
  });
  try {
    const ids = new Map<Receiver, string>();
    for (const receiver of farm.receivers) {
      const made = await tenant.post('/api/webhooks', { url: farm.url(receiver) });
      receiver.secret = made.secret as string;
      ids.set(receiver, made.webhook_id as string);
    }
    const began = performance.now();
    const expected = await makeEvents(tenant, events / PER_JOB);
    await untilQuiet(tenant, [...ids], expected.size, patience);
    const rows: Row[] = [];
    const faults: string[] = [];
    for (const [receiver, webhookId] of ids) {
      const deliveries = await tenant.deliveries(webhookId);
      const { enabled } = await tenant.get(`/api/webhooks/${webhookId}`);
      rows.push(toRow(receiver, deliveries, began, enabled === true));
      faults.push(...judge(receiver, deliveries, expected, enabled === true));
    }
    if (farm.trapped > 0) faults.push(`${farm.trapped} redirects were followed`);
    return { events: expected.size, rows, faults };
  } finally {
    await tenant.service.stop();
    await farm.close();
  }
}

/** Runs jobs from end to end, four begun a second, eight at a time at most; the ids of their events. */
async function makeEvents(tenant: Tenant, jobs: number): Promise<Set<string>> {
  const ids = new Set<string>();
  const began = performance.now();
  let next = 0;
  const work = async () => {
    while (next < jobs) {
      next += 1;
      await sleep(Math.max(began + next * JOB_PACE - performance.now(), 0));
      const job = await tenant.post('/api/jobs/', { job_type: 'import', total_items: 1 });
      const path = `/api/jobs/${job.job_id}/progress`;
      await tenant.post(path, { mark_started: true });
      await tenant.post(path, { mark_completed: true });
      for (const [index, type] of ['created', 'started', 'completed'].entries()) {
        ids.add(`${job.job_id}.${index + 1}.job.${type}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return ids;
}

async function untilQuiet(
  tenant: Tenant,
  endpoints: [Receiver, string][],
  events: number,
  patience: number,
): Promise<void> {
  const late = performance.now() + patience;
  for (const [receiver, webhookId] of endpoints) {
    if (receiver.fault === 'gone') continue;
    while (!(await tenant.isQuiet(webhookId, events))) {
      if (performance.now() > late) return;
      await sleep(100);
    }
  }
}

function judge(
  receiver: Receiver,
  deliveries: ShownDelivery[],
  expected: Set<string>,
  enabled: boolean,
): string[] {
  const faults: string[] = [];
  const fault = (text: string) => faults.push(`${receiver.name}: ${text}`);
  if (receiver.forged > 0) fault(`${receiver.forged} requests did not verify`);
  if (receiver.changed > 0) fault(`${receiver.changed} requests had another body than before`);
  if (receiver.fault === 'gone') {
    if (enabled) fault('is still enabled');
    return faults;
  }
  // The farm's own endpoint.disabled comes to everyone as well.
  const jobs = deliveries.filter(({ event_id }) => expected.has(event_id));
  if (new Set(jobs.map(({ event_id }) => event_id)).size !== expected.size)
    fault('events are missing in the log');
  if (jobs.length !== expected.size) fault('events are in the log more than once');
  const accepted = new Set(receiver.accepted);
  for (const { event_id, status, attempts } of jobs) {
    if (status !== 'delivered' && status !== 'exhausted') fault(`${event_id} is ${status}`);
    if (status === 'delivered' && !accepted.has(event_id)) fault(`${event_id} was never accepted`);
    if (status === 'exhausted' && attempts.length !== SCHEDULE.length)
      fault(`${event_id} was given up early`);
    if (attempts.some(({ answer }) => answer.length > 1_024)) fault(`${event_id} keeps too much`);
  }
  const exhausted = jobs.filter(({ status }) => status === 'exhausted').length;
  // A flood of 2 GB on the receiver's one thread makes a few of its own answers late.
  const late = receiver.fault === 'huge' ? jobs.length / 20 : 0;
  const healthy = receiver.fault === null || receiver.fault === 'huge';
  if (healthy && exhausted > late) fault(`${exhausted} are exhausted`);
  if (receiver.share === 1 && receiver.fault !== 'huge' && exhausted !== jobs.length)
    fault('something was delivered');
  if (receiver.bytesSent > HUGE_BYTES * receiver.accepted.length) fault(`read ${receiver.bytesSent} bytes`);
  if (receiver.fault === null) faults.push(...judgeOrder(receiver));
  return faults;
}

/** Each job's events in order, where none of them was late and came again; each names the revision of the one before. */
function judgeOrder(receiver: Receiver): string[] {
  const faults: string[] = [];
  const jobs = Map.groupBy(
    receiver.accepted.map((id) => JSON.parse(receiver.bodies.get(id) ?? '{}')).filter(({ job_id }) => job_id),
    ({ job_id }) => job_id as string,
  );
  for (const [jobId, events] of jobs) {
    const told = events.map(({ id, revision, previous_revision }) => ({ id, revision, previous_revision }));
    if (told.some(({ id }) => receiver.requests.get(id) !== 1)) told.sort((a, b) => a.revision - b.revision);
    const chain = told.map(({ revision }, index) =>
      index === 0 ? null : (told[index - 1]?.revision ?? revision),
    );
    if (told.some(({ previous_revision }, index) => previous_revision !== chain[index]))
      faults.push(`${receiver.name}: the events of job ${jobId} are out of order`);
  }
  return faults;
}

function toRow(receiver: Receiver, deliveries: ShownDelivery[], began: number, enabled: boolean): Row {
  const count = (...statuses: string[]) =>
    deliveries.filter(({ status }) => statuses.includes(status)).length;
  return {
    name: receiver.name,
    requests: [...receiver.requests.values()].reduce((sum, one) => sum + one, 0),
    delivered: count('delivered'),
    exhausted: count('exhausted'),
    open: count('pending', 'retrying'),
    enabled,
    seconds: Math.max(receiver.lastAt - began, 0) / 1_000,
  };
}
