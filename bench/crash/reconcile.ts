/** Compares what the service holds with what the workers were told, job by job, once nothing is under way any more. */
import type { Client } from './client.ts';
import type { JobRecord, Records, SentReport } from './job-record.ts';
import type { Tally } from './tally.ts';

interface LogLine {
  kind: string;
  message: string;
  revision: number;
}

export interface JobEvent {
  id: string;
  type: string;
  revision: number;
  data: { stage: string | null };
}

/** Judges every job and answers each one's events; those of deleted jobs are gone. */
export async function reconcile(
  client: Client,
  records: Records,
  tally: Tally,
): Promise<Map<string, JobEvent[]>> {
  const events = new Map<string, JobEvent[]>();
  for (const job of records.jobs.values()) {
    const { status, json } = await client.insist('GET', `/api/jobs/${job.id}`);
    if (job.removed) {
      if (status !== 404) tally.lost(`the deletion of job ${job.id}: it answers ${status}`);
      continue;
    }
    if (status !== 200) {
      tally.lost(`job ${job.id} answers ${status}`);
      continue;
    }
    const path = `/api/jobs/${job.id}`;
    const lines: LogLine[] = await client.all(`${path}/logs`, 'logs');
    const errors: { entity_key: string }[] = await client.all(`${path}/errors`, 'errors');
    const own: JobEvent[] = await client.all(`${path}/events`, 'events');
    const logs = lines.filter(({ kind }) => kind === 'log');
    judgeReports(job, json, logs, errors, tally);
    judgeEvents(job, json, logs, own, tally);
    events.set(job.id, own);
    tally.events += own.length;
  }
  return events;
}

function judgeReports(
  job: JobRecord,
  // biome-ignore lint/suspicious/noExplicitAny: the job as it came
  body: any,
  logs: LogLine[],
  errors: { entity_key: string }[],
  tally: Tally,
): void {
  if (body.revision < job.floor)
    tally.lost(`job ${job.id}: revision ${job.floor} was answered, it is at ${body.revision}`);
  if (job.end !== null && body.status !== job.end)
    tally.lost(`job ${job.id}: ${job.end} was answered, it is ${body.status}`);
  const sent = new Map(job.reports.map((report) => [report.marker, report]));
  for (const report of job.reports) {
    const found = logs.filter(({ message }) => message === report.marker);
    const place = `${report.marker} of job ${job.id}`;
    if (found.length > 1) tally.doubled(`${place} is there ${found.length} times`);
    if (found.length === 0 && report.applied === true) tally.lost(place);
    if (report.revision !== null && found[0] !== undefined && found[0].revision !== report.revision) {
      tally.disordered(`${place} was answered as revision ${report.revision}, it is ${found[0].revision}`);
    }
    const failures = errors.filter(({ entity_key }) => entity_key === report.marker).length;
    if (failures !== (report.error ? found.length : 0)) {
      tally.broken(`${place}: its message is there ${found.length} times, its error ${failures} times`);
    }
  }
  const present = logs.flatMap(({ message }) => sent.get(message) ?? []);
  if (present.length !== logs.length) tally.broken(`job ${job.id} has messages that nobody sent`);
  judgeOrder(job, logs, present, tally);
  const last = present.findLast(({ set }) => set !== null);
  const counter = last === undefined ? present.reduce((sum, { delta }) => sum + delta, 0) : (last.set ?? 0);
  if (body.processed_items < counter)
    tally.lost(`job ${job.id} counts ${body.processed_items}, not ${counter}`);
  if (body.processed_items > counter)
    tally.doubled(`job ${job.id} counts ${body.processed_items}, not ${counter}`);
}

/** Revisions rise, and the reports of one worker stand in the order in which it sent them. */
function judgeOrder(job: JobRecord, logs: LogLine[], present: SentReport[], tally: Tally): void {
  if (logs.some(({ revision }, at) => revision <= (logs[at - 1]?.revision ?? 0))) {
    tally.disordered(`the log of job ${job.id} does not rise`);
  }
  const order = new Map(job.reports.map(({ marker }, at) => [marker, at]));
  const reached = new Map<number, number>();
  for (const { marker, worker } of present) {
    const at = order.get(marker) ?? -1;
    if (at < (reached.get(worker) ?? -1)) tally.disordered(`${marker} of job ${job.id} comes too late`);
    reached.set(worker, at);
  }
}

/** Each event once and in order, and the ones that the reports and the end must have made. */
function judgeEvents(
  job: JobRecord,
  body: { status: string },
  logs: LogLine[],
  events: JobEvent[],
  tally: Tally,
): void {
  if (new Set(events.map(({ id }) => id)).size !== events.length) tally.doubled(`an event of job ${job.id}`);
  if (events.some(({ revision }, at) => revision < (events[at - 1]?.revision ?? 0))) {
    tally.disordered(`the events of job ${job.id} do not rise`);
  }
  const count = (type: string) => events.filter((event) => event.type === type).length;
  if (events[0]?.type !== 'job.created')
    tally.disordered(`the first event of job ${job.id} is ${events[0]?.type}`);
  const ended = ['completed', 'partial_success'].includes(body.status) ? 'completed' : body.status;
  for (const end of ['completed', 'failed', 'cancelled']) {
    const [has, right] = [count(`job.${end}`), ended === end ? 1 : 0];
    if (has !== right) tally.broken(`job ${job.id} is ${body.status} and has ${has} events job.${end}`);
  }
  const stages = job.reports.filter(
    ({ stage, marker }) => stage && logs.some(({ message }) => message === marker),
  );
  const changes = events.filter(({ type }) => type === 'job.stage_changed').map(({ data }) => data.stage);
  if (changes.length !== stages.length || stages.some(({ marker }) => !changes.includes(marker))) {
    tally.broken(`job ${job.id} changed its stage ${changes.length} times, by ${stages.length} reports`);
  }
}
