/** What becomes of a contestant as it fills with jobs, and of the service as one job fills with errors. */
import type { Message } from './connection.ts';
import type { Contestant } from './contestant.ts';
import { load, sendAll } from './load.ts';
import { batchTo, createJobs, issue, reportTo } from './measures.ts';
import { residentMiB } from './memory.ts';
import { untilQuiet } from './quiet.ts';

export interface GrowthPlan {
  jobs: readonly number[];
  errors: readonly number[];
  /** Samples of reports over all jobs. */
  rounds: number;
  seconds: number;
}

export interface JobsPoint {
  jobs: number;
  /** Creates a second on the way from the point before, 64 connections. */
  creates: number;
  /**
   * Reports a second over all jobs at random, a round each, and lists a second, 16 connections; null for one that lists
   * nothing.
   */
  reports: number[];
  lists: number | null;
  /** The process's memory after all the jobs were made; null where the system does not tell. */
  residentMiB: number | null;
}

export interface ErrorsPoint {
  errors: number;
  /** A second, on this one job, 16 connections; `minimal` are reports answered without content. */
  reports: number;
  minimal: number;
  withError: number;
  polls: number;
}

const CONNECTIONS = 16;
/** Errors in one report and in one request: a report takes a hundred, a request a mebibyte. */
const ERRORS_A_REPORT = 100;
const ERRORS_A_BATCH = 4_000;

/** Measures as the number of the organization's jobs grows. */
export async function growJobs(
  { name, target, measures, pids }: Contestant,
  plan: GrowthPlan,
  tell: (line: string) => void,
): Promise<JobsPoint[]> {
  const points: JobsPoint[] = [];
  const ids: string[] = [];
  const shape = { connections: CONNECTIONS, seconds: plan.seconds, warmup: plan.seconds / 4 };
  for (const jobs of plan.jobs) {
    const [began, before] = [performance.now(), ids.length];
    for (const id of await createJobs(target, jobs - before, 64)) ids.push(id);
    const creates = (jobs - before) / ((performance.now() - began) / 1_000);
    const memory = residentMiB(pids[0] ?? 0);
    const random = numbers();
    let n = 0;
    const anyJob = () => reportTo(ids[Math.floor(random() * ids.length)], { processed_items: ++n });
    const reports: number[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      await untilQuiet(pids);
      reports.push((await load(target, anyJob, shape)).perSecond);
    }
    const list = (): Message => ({ method: 'GET', path: '/api/jobs/' });
    const lists = measures.has('list') ? (await load(target, list, shape)).perSecond : null;
    const point = { jobs, creates, reports, lists, residentMiB: memory };
    tell(`${name}, ${jobs} jobs: ${rounded(point)}`);
    points.push(point);
  }
  return points;
}

/** Measures one job after another, each with more errors. */
export async function growErrors(service: Contestant, plan: GrowthPlan, tell: (line: string) => void) {
  const points: ErrorsPoint[] = [];
  const shape = { connections: CONNECTIONS, seconds: plan.seconds, warmup: plan.seconds / 4 };
  const minimal = {
    ...service.target,
    headers: { ...service.target.headers, Prefer: 'return=minimal' },
  };
  for (const errors of plan.errors) {
    const [job = ''] = await createJobs(service.target, 1, 1);
    await record(service, job, errors);
    let n = 0;
    const report = () => reportTo(job, { processed_items: ++n });
    const poll = (): Message => ({ method: 'GET', path: `/api/jobs/${job}` });
    const withError = () => reportTo(job, { processed_items: ++n, error: issue(errors + n) });
    const point = {
      errors,
      reports: (await load(service.target, report, shape)).perSecond,
      minimal: (await load(minimal, report, shape)).perSecond,
      polls: (await load(service.target, poll, shape)).perSecond,
      // The last, because it adds errors.
      withError: (await load(service.target, withError, shape)).perSecond,
    };
    tell(`${errors} errors: ${rounded(point)}`);
    points.push(point);
  }
  return points;
}

/** Records errors of as many entities, by batches. */
async function record({ target }: Contestant, job: string, errors: number): Promise<void> {
  const reportFrom = (first: number, last: number) => ({
    errors: Array.from({ length: last - first }, (_, k) => issue(first + k)),
  });
  await sendAll(target, Math.ceil(errors / ERRORS_A_BATCH), 1, (n) => {
    const first = n * ERRORS_A_BATCH;
    const last = Math.min(first + ERRORS_A_BATCH, errors);
    const reports = Math.ceil((last - first) / ERRORS_A_REPORT);
    const edge = (k: number) => Math.min(first + k * ERRORS_A_REPORT, last);
    return batchTo(job, (_, k) => reportFrom(edge(k), edge(k + 1)), reports);
  });
}

/** The same sequence of numbers from 0 to 1 in every run: xorshift. */
function numbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function rounded(point: object): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${value === null ? '–' : Math.round(value)}`)
    .join(', ');
}
