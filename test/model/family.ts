/** A job and its children: what these come to, and how all of them are cancelled at once. */
import type { Client } from '../support/client.ts';
import { carryOut } from './bulk.ts';
import { differences, valueDifferences } from './compare.ts';
import { isTerminal, type Job, STATUSES, type Status } from './job.ts';
import type { Model, Request } from './model.ts';
import { ask } from './world.ts';

/** Outcomes, the worst first. */
const WORST = ['failed', 'cancelled', 'partial_success', 'completed_with_warnings', 'completed'] as const;

/** The children of a job, page after page, and what they come to. How far open ones are the index is told late. */
export async function childrenDifferences(model: Model, client: Client, parent: Job): Promise<string[]> {
  const listed: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, json } = await client.get(`/api/jobs/${parent.id}/children?limit=2${query}`);
    if (parent.removed) return status === 404 ? [] : [`expected 404, got ${status}`];
    if (status !== 200) return [`expected 200, got ${status} ${JSON.stringify(json)}`];
    const { progress_percentage, ...rollup } = json.rollup;
    const expected = comeTo(childrenOf(model, parent));
    const found = [...valueDifferences('rollup', expected, rollup)];
    const isOver = expected.children > 0 && expected.outcome === expected.status;
    if (isOver && progress_percentage !== 100) found.push(`all have ended: ${progress_percentage}`);
    if (found.length > 0) return found;
    listed.push(...json.jobs.map(({ job_id }: { job_id: string }) => job_id));
    cursor = json.next_cursor;
  }
  const ids = childrenOf(model, parent).map(({ id }) => id);
  return [...valueDifferences('children', ids.sort(), listed.sort())];
}

/** Cancels a job and its children; where it has ended otherwise, neither. Answers what was met, and what differs. */
export async function familyDifferences(
  model: Model,
  client: Client,
  { job, reason, crashes, run }: { job: number; reason: string | null; crashes: boolean; run: string },
): Promise<[string, string[]]> {
  const open = childrenOf(model, model.at(job)).filter((child) => !isTerminal(child));
  const request: Request = { op: 'cancel', job, reason, raw: JSON.stringify({ reason, children: true }) };
  const answer = await ask(client, model, request, run);
  const outcome = model.answer(request);
  const { bulk_job_id, ...json } = answer.json ?? {};
  const found = differences(outcome, { ...answer, json });
  if (outcome.status !== 200 || found.length > 0) return [`family ${outcome.code ?? outcome.status}`, found];
  await carryOut(client, bulk_job_id, crashes);
  // The operation cancels each by a key of its own.
  const own = { op: 'cancel', reason, raw: JSON.stringify({ reason }), key: bulk_job_id } as const;
  for (const one of [model.at(job), ...open]) model.answer({ ...own, job: model.jobs.indexOf(one) });
  const { status, total_items, processed_items } = (await client.get(`/api/jobs/${bulk_job_id}`)).json;
  const all = open.length + 1;
  const expected = { status: 'completed', total_items: all, processed_items: all };
  return [
    `family of ${Math.min(open.length, 1)}`,
    [...valueDifferences('bulk', expected, { status, total_items, processed_items })],
  ];
}

function childrenOf({ jobs }: Model, { id }: Job): Job[] {
  return jobs.filter(({ removed, given }) => !removed && given.parent_job_id === id);
}

/** Of each chain of reruns the newest. */
function comeTo(children: readonly Job[]) {
  const chains = Map.groupBy(children, ({ id, lineage }) => lineage.root ?? id);
  const newest = [...chains.values()].map((chain) => {
    return chain.reduce((last, job) => (job.createdAt >= last.createdAt ? job : last));
  });
  const count = (status: Status) => newest.filter((job) => job.status === status).length;
  const outcome = WORST.find((status) => count(status) > 0) ?? null;
  const open = count('pending') + count('in_progress');
  const begun = outcome !== null || count('in_progress') > 0;
  return {
    children: newest.length,
    status: open > 0 && begun ? 'in_progress' : open > 0 ? 'pending' : (outcome ?? 'pending'),
    outcome,
    by_status: Object.fromEntries(STATUSES.map((status) => [status, count(status)])),
  };
}
