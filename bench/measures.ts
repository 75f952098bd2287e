/** What is measured, and the requests that it consists of: the same for every contestant. */
import type { Message } from './connection.ts';
import { sendAll, type Target } from './load.ts';

export const MEASURES = {
  'report-1': 'report, one job',
  'report-200': 'report, 200 jobs',
  'report-error': 'report with an error, 200 jobs',
  batch: 'batch of 100 reports, 200 jobs',
  poll: 'poll, 200 jobs',
  list: 'list, 50 jobs',
  create: 'create',
  bare: 'bare answer',
} as const;
export type Measure = keyof typeof MEASURES;

/** The measures of the published routes: what everyone but the floor is asked for. */
export const JOB_MEASURES = new Set(Object.keys(MEASURES).filter((name) => name !== 'bare') as Measure[]);

/** Reports in a batch. */
export const BATCH = 100;
/** Jobs of a measure that goes over many. */
export const MANY = 200;

/** The jobs that a contestant is measured with. */
export interface Jobs {
  one: string;
  many: string[];
  /** Those that take the errors, so that no other answer grows by them. */
  failing: string[];
}

/** Creates and starts the jobs. */
export async function prepareJobs(target: Target): Promise<Jobs> {
  const ids = await createJobs(target, 1 + 2 * MANY, 16);
  await sendAll(target, ids.length, 16, (n) => reportTo(ids[n], { mark_started: true }));
  return { one: ids[0] ?? '', many: ids.slice(1, 1 + MANY), failing: ids.slice(1 + MANY) };
}

/** Creates `count` jobs and answers their ids. */
export async function createJobs(target: Target, count: number, connections: number): Promise<string[]> {
  const ids: string[] = [];
  await sendAll(target, count, connections, creation, ({ body }) => {
    ids.push((JSON.parse(body.toString()) as { job_id: string }).job_id);
  });
  return ids;
}

/** A maker of requests for each measure. Every report raises a counter: one that changes nothing would write nothing. */
export function workload({ one, many, failing }: Jobs): Record<Measure, () => Message> {
  let n = 0;
  const next = (ids: readonly string[]) => ids[++n % ids.length];
  return {
    'report-1': () => reportTo(one, { processed_items: ++n }),
    'report-200': () => reportTo(next(many), { processed_items: n }),
    'report-error': () => reportTo(next(failing), { processed_items: n, error: issue(n) }),
    batch: () => batchTo(next(many), () => ({ processed_items: ++n })),
    poll: () => ({ method: 'GET', path: `/api/jobs/${next(many)}` }),
    list: () => ({ method: 'GET', path: '/api/jobs/' }),
    create: creation,
    bare: () => ({ method: 'GET', path: '/healthz' }),
  };
}

export function reportTo(jobId: string | undefined, report: object): Message {
  return { method: 'POST', path: `/api/jobs/${jobId}/progress`, body: report };
}

/** A batch of `count` reports. */
export function batchTo(
  jobId: string | undefined,
  report: (_: unknown, k: number) => object,
  count = BATCH,
): Message {
  const reports = Array.from({ length: count }, report);
  return { method: 'POST', path: `/api/jobs/${jobId}/progress/batch`, body: { reports } };
}

/** The `n`th error of an import. */
export function issue(n: number): object {
  return {
    ...{ entity_type: 'row', entity_key: `row-${n}`, error_type: 'invalid_value' },
    message: `Row ${n} has no valid price.`,
    details: { column: 'price', value: 'n/a' },
  };
}

export function creation(): Message {
  return {
    method: 'POST',
    path: '/api/jobs/',
    body: {
      job_type: 'import',
      total_items: 1_000_000_000,
      triggered_by: 'bench',
      metadata: { source: 'feed.csv', encoding: 'utf-8' },
    },
  };
}
