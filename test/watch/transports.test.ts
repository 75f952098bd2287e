import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient } from '../support/client';
import { type Body, TRANSPORTS, type Watcher } from '../support/watcher';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

type Step = (jobId: string) => Promise<Answer>;
const report = (body: Record<string, unknown>): Step => {
  return (jobId) => client.report(jobId, body);
};
const post = (verb: string, body: unknown): Step => {
  return (jobId) => client.post(`/api/jobs/${jobId}/${verb}`, body);
};

const issue = (key: string) => ({
  ...{ entity_type: 'row', entity_key: key, error_type: 'invalid', message: `Row ${key}\nid: 9` },
});
const many = Array.from({ length: 60 }, (_, n) => issue(`row-${n}`));
const start = report({ mark_started: true });
const complete = report({ mark_completed: true });

/** What is done to a job step by step, and the status that it comes to. */
const SCENARIOS: [name: string, steps: Step[], status: string][] = [
  ['create', [], 'pending'],
  ['start', [start], 'in_progress'],
  [
    'progress',
    [start, ...[3, 7, 5].map((processed_items) => report({ processed_items })), report({ total_items: 20 })],
    'in_progress',
  ],
  [
    'progress that starts it',
    [report({ processed_delta: 2, failed_delta: 1, warned_items: 4 })],
    'in_progress',
  ],
  [
    'stage',
    [report({ stage: 'reading' }), report({ stage: 'writing' }), report({ metadata_patch: { stage: null } })],
    'in_progress',
  ],
  [
    'message, metadata and result',
    [
      report({ message: 'hello', metadata_patch: { a: { b: 1 }, c: 2 } }),
      report({ metadata_patch: { a: { b: null, d: [1] }, last_message: 'ours' }, result: { rows: [1] } }),
      report({ result: false }),
    ],
    'pending',
  ],
  [
    'entries, more than a body carries',
    [
      report({ error: issue('a'), warning: issue('b'), logs: [{ level: 'warn', message: 'c' }] }),
      report({ errors: many, warnings: many }),
      report({ errors: many, warnings: many, message: 'and more' }),
    ],
    'in_progress',
  ],
  [
    'a batch',
    [
      post('progress/batch', {
        reports: [{ mark_started: true }, ...many.map((error, n) => ({ processed_items: n, error }))],
      }),
    ],
    'in_progress',
  ],
  [
    'a change that changes nothing',
    [report({ processed_items: 0 }), post('heartbeat', undefined)],
    'pending',
  ],
  ['complete', [start, report({ processed_items: 10 }), complete], 'completed'],
  [
    'complete with warnings',
    [report({ warning: issue('w') }), report({ mark_completed: true })],
    'completed_with_warnings',
  ],
  ['complete in part', [start, report({ error: issue('e'), mark_completed: true })], 'partial_success'],
  ['fail', [start, report({ mark_failed: 'It broke.\r\n\r\nid: 9' })], 'failed'],
  [
    'cancel and acknowledgement',
    [
      start,
      post('cancel', { reason: 'enough' }),
      report({ processed_items: 4, error: issue('late') }),
      report({ mark_failed: 'stopped' }),
    ],
    'cancelled',
  ],
];

/** The four watchers of one job, by transport. */
async function watchAll(jobId: string): Promise<[transport: string, watcher: Watcher][]> {
  const opening = Object.entries(TRANSPORTS).map(
    async ([name, open]) => [name, await open(client, jobId)] as [string, Watcher],
  );
  return Promise.all(opening);
}

const bodyOf = async (jobId: string): Promise<Body> => (await client.get(`/api/jobs/${jobId}`)).json;

/** Takes each step, and has every watcher see what GET answers after it. Answers the statuses that they saw. */
async function walk(jobId: string, watchers: [string, Watcher][], steps: readonly Step[]): Promise<string[]> {
  const statuses: string[] = [(await bodyOf(jobId)).status];
  for (const step of [null, ...steps]) {
    if (step !== null) expect((await step(jobId)).status).toBe(200);
    const body = await bodyOf(jobId);
    for (const [transport, watcher] of watchers) {
      expect(await watcher.reached(body.revision), transport).toEqual(body);
    }
    if (body.status !== statuses.at(-1)) statuses.push(body.status);
  }
  return statuses;
}

async function expectEnds(watchers: [string, Watcher][], end: object): Promise<void> {
  for (const [transport, watcher] of watchers) expect(await watcher.end(), transport).toEqual(end);
}

describe('over poll, long poll, event stream and WebSocket alike', () => {
  it.each(SCENARIOS)('%s', async (_, steps, status) => {
    const id = await client.createJob({ metadata: { source: 'feed.csv' } });
    const watchers = await watchAll(id);
    const statuses = await walk(id, watchers, steps);
    expect(statuses.at(-1)).toBe(status);
    if (['pending', 'in_progress'].includes(status)) {
      for (const [, watcher] of watchers) await watcher.stop();
    } else {
      await expectEnds(watchers, { how: 'settled', job: await bodyOf(id) });
    }
  });

  it('delete, of a job whose cancellation nobody has acknowledged', async () => {
    const id = await client.createJob();
    const watchers = await watchAll(id);
    await walk(id, watchers, [start, post('cancel', {})]);
    const ends = watchers.map(async ([transport, watcher]) => [transport, await watcher.end()]);
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    const gone = Object.keys(TRANSPORTS).map((transport) => [transport, { how: 'gone' }]);
    expect(await Promise.all(ends)).toEqual(gone);
  });

  it('delete, after the end', async () => {
    const id = await client.createJob();
    const watchers = await watchAll(id);
    await walk(id, watchers, [complete]);
    expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
    await expectEnds(watchers, { how: 'gone' });
  });

  it('rerun', async () => {
    const id = await client.createJob({ metadata: { source: 'feed.csv' } });
    const watchers = await watchAll(id);
    await walk(id, watchers, [start, report({ errors: many, mark_completed: true })]);
    const rerun = (await client.post(`/api/jobs/${id}/rerun`, { items: 'failed' })).json;
    await expectEnds(watchers, { how: 'settled', job: await bodyOf(id) });
    expect(rerun).toMatchObject({ status: 'pending', rerun_of: id, total_items: many.length });
    const again = await watchAll(rerun.job_id);
    await walk(rerun.job_id, again, [start, report({ processed_items: many.length }), complete]);
    await expectEnds(again, { how: 'settled', job: await bodyOf(rerun.job_id) });
  });
});
