/** A bulk operation does to each job that it names what a request to that job would, once, and lists what it could not. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import { stubOf } from '../support/bulk.ts';
import type { Client } from '../support/client.ts';
import type { Outcome } from './answer.ts';
import { valueDifferences } from './compare.ts';
import type { Job } from './job.ts';
import type { Model, Request } from './model.ts';
import { abortAll } from './world.ts';

export interface BulkAsk {
  operation: 'cancel' | 'rerun' | 'delete';
  /** Places of jobs; what stands there twice is named twice. */
  jobs: number[];
  reason: string | null;
  items: 'all' | 'failed';
  /** Whether all objects die before each of its turns. */
  crashes: boolean;
}

/** Has both do it; answers what became of the jobs, and where the two disagree. */
export async function bulkDifferences(
  model: Model,
  client: Client,
  ask: BulkAsk,
): Promise<[string[], string[]]> {
  const { operation, jobs, reason, items } = ask;
  const named = jobs.map((place) => model.at(place).id);
  const own = { cancel: reason === null ? {} : { reason }, rerun: { items }, delete: {} }[operation];
  const begun = await client.post(`/api/jobs/bulk/${operation}`, { job_ids: named, ...own });
  if (begun.status !== 202) return [[], [`status: expected 202, got ${begun.status} ${begun.text}`]];
  const { job_id } = begun.json;
  await carryOut(client, job_id, ask.crashes);
  const outcomes = new Map<string, Outcome>();
  for (const place of jobs) {
    const { id } = model.at(place);
    if (!outcomes.has(id)) outcomes.set(id, model.answer(requestOf(ask, place, job_id)));
  }
  for (const [id, { made, job }] of outcomes) if (made && job) job.id = await rerunOf(client, model, id);
  const found = [...valueDifferences('bulk', shownOf(outcomes), await shown(client, job_id))];
  return [[...outcomes.values()].map(({ status, code }) => `bulk ${operation} ${code ?? status}`), found];
}

/** The request to one job that comes to the same. */
function requestOf({ operation, reason, items }: BulkAsk, job: number, key: string): Request {
  if (operation === 'delete') return { op: 'delete', job };
  if (operation === 'cancel') return { op: 'cancel', job, reason, raw: JSON.stringify({ reason }), key };
  return { op: 'rerun', job, items, raw: JSON.stringify({ items }), key };
}

/** What its job shows at its end. */
function shownOf(outcomes: ReadonlyMap<string, Outcome>) {
  const failures = [...outcomes].flatMap(([id, { code }]) => (code === undefined ? [] : [`${id} ${code}`]));
  return {
    status: failures.length > 0 ? 'partial_success' : 'completed',
    total_items: outcomes.size,
    processed_items: outcomes.size - failures.length,
    failed_items: failures.length,
    failures: failures.sort(),
  };
}

async function shown(client: Client, id: string) {
  const { status, total_items, processed_items, failed_items } = (await client.get(`/api/jobs/${id}`)).json;
  const { errors } = (await client.get(`/api/jobs/${id}/errors?limit=100`)).json;
  const failures = errors.map((one: Record<string, string>) => `${one.entity_key} ${one.error_type}`).sort();
  return { status, total_items, processed_items, failed_items, failures };
}

/** Runs its alarm until it is over, which no real time does here. */
export async function carryOut(client: Client, id: string, crashes: boolean): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) {
    if (crashes) await abortAll();
    if (!(await runDurableObjectAlarm(stubOf(client, id)))) return;
  }
  throw new Error('a bulk operation has no end');
}

/** The rerun that the model has not heard of. */
async function rerunOf(client: Client, model: Model, id: string): Promise<string> {
  const { json } = await client.get(`/api/jobs?rerun_of=${id}&limit=100`);
  const ids: string[] = json.jobs.map(({ job_id }: { job_id: string }) => job_id);
  const known = new Set(model.jobs.map((job: Job) => job.id));
  const made = ids.filter((one) => !known.has(one));
  if (made.length !== 1) throw new Error(`job ${id} was run again ${made.length} times, not once`);
  return made[0] ?? '';
}
