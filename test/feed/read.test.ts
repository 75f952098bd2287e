import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { feedResponse } from '../../src/dialects/native/feed/schemas';
import { DAY } from '../../src/domain/base/time';
import type { Summary } from '../../src/domain/job/summary';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Answer, type Client, makeClient, makeKey } from '../support/client';
import { indexStub, jobStub } from '../support/objects';

/** `GET /api/events` as its readers meet it. */

interface FeedEvent {
  id: string;
  type: string;
  at: string;
  job_id: string | null;
  revision: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  data: any;
}

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const read = (query = ''): Promise<Answer> => client.get(`/api/events${query}`);
const typesOf = ({ json }: Answer) => json.events.map(({ type }: FeedEvent) => type);

async function readAll(query: string): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (let after = ''; ; ) {
    const { json } = await read(`?${query}&after=${after}`);
    if (json.events.length === 0) return events;
    events.push(...json.events);
    after = json.next_cursor;
  }
}

it('an organization without jobs has an empty feed, and a cursor all the same', async () => {
  const answer = await read();
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ events: [], next_cursor: expect.any(String) });
  await client.createJob();
  expect(typesOf(await read(`?after=${answer.json.next_cursor}`))).toEqual(['job.created']);
});

it('tells from now on what has yet to happen, with a cursor to go on from', async () => {
  await client.createJob();
  const now = await read('?after=now&limit=1');
  expect([now.status, now.json.events]).toEqual([200, []]);
  const id = await client.createJob();
  const { json } = await read(`?after=${now.json.next_cursor}`);
  expect(json.events.map(({ job_id }: FeedEvent) => job_id)).toEqual([id]);
  const stream = await client.get('/api/events/stream?after=now');
  const [first] = /(?<=^id: ).+$/m.exec(stream.text) ?? [];
  expect((await read(`?after=${first}`)).json.events).toEqual([]);
  expect((await read('?after=Now')).json.code).toBe('invalid_cursor');
});

it('tells the life of a job: who it is, how it stands, how it stood before', async () => {
  const id = await client.createJob({ name: 'Prices', tags: ['north'], triggered_by: 'user-7' });
  await client.report(id, { mark_started: true, stage: 'reading' });
  await client.report(id, { processed_items: 5, failed_items: 1, mark_completed: true });
  const { json } = await read();
  expect(json.events.map((event: FeedEvent) => event.id)).toEqual([
    `${id}.1.job.created`,
    `${id}.2.job.started`,
    `${id}.2.job.stage_changed`,
    `${id}.3.job.completed`,
  ]);
  expect(feedResponse.parse(json)).toEqual(json);
  expect(json.events.at(-1)).toEqual({
    id: `${id}.3.job.completed`,
    type: 'job.completed',
    at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    job_id: id,
    revision: 3,
    data: {
      job_id: id,
      revision: 3,
      message: 'Job partial success',
      organization_id: client.organization,
      ...{ job_type: 'import', name: 'Prices', category: 'sync', tags: ['north'], triggered_by: 'user-7' },
      ...{ details_url: null, parent_job_id: null },
      ...{ status: 'partial_success', previous_status: 'in_progress', stage: 'reading' },
      ...{ total_items: 10, processed_items: 5, failed_items: 1, warned_items: 0 },
      progress_percentage: 100,
    },
  });
});

it('the events of one revision stand as created, started, stage, end', async () => {
  const id = await client.createJob();
  await client.report(id, { mark_started: true, stage: 'writing', mark_completed: true });
  expect(typesOf(await read())).toEqual(['job.created', 'job.started', 'job.stage_changed', 'job.completed']);
});

it('tells progress once an interval at most, with the newest numbers', async () => {
  const id = await client.createJob();
  await client.report(id, { mark_started: true });
  for (let done = 1; done <= 9; done++) await client.report(id, { processed_items: done });
  const told = await vi.waitFor(async () => {
    const { json } = await read('?types=job.progressed');
    expect(json.events.at(-1)?.data.processed_items).toBe(9);
    return json.events as FeedEvent[];
  });
  expect(told.length).toBeLessThan(9);
  expect(told.at(-1)).toMatchObject({
    id: `${id}.11.job.progressed`,
    data: { previous_status: 'in_progress', status: 'in_progress', progress_percentage: 90 },
  });
});

it('tells by the health of progress that a worker is late, and that it is back', async () => {
  const now = Date.now() + 10 * DAY;
  vi.useFakeTimers({ toFake: ['Date'], now });
  const id = await client.createJob({ heartbeat_timeout_seconds: 40 });
  await client.report(id, { mark_started: true });
  const told = async () => {
    const { json } = await read('?types=job.progressed');
    return json.events.map(({ data }: FeedEvent) => data.health);
  };
  vi.setSystemTime(now + 31_000);
  const job = await jobStub(client.organization, id);
  await runInDurableObject(job, (object) => object.alarm());
  await vi.waitFor(async () => expect(await told()).toEqual(['late']));
  vi.setSystemTime(now + 35_000);
  await client.report(id, { processed_items: 1 });
  await vi.waitFor(async () => expect(await told()).toEqual(['late', 'ok']));
});

it('tells that a worker is late however soon that follows what was told before', async () => {
  const published = vi.spyOn(OrgIndexDO.prototype, 'publish');
  const id = await client.createJob();
  await client.report(id, { mark_started: true });
  const last = published.mock.calls.at(-1)?.[0];
  if (last === undefined) throw new Error('nothing was published');
  const publish = (more: number, fields: Partial<Summary>) => {
    const summary = { ...last.summary, revision: last.summary.revision + more, ...fields };
    return indexStub(client.organization).publish({ ...last, events: [], summary });
  };
  await publish(1, { processed_items: 1 });
  await publish(2, { processed_items: 2 });
  await publish(3, { health: 'late' });
  await publish(4, { processed_items: 3, health: 'late' });
  const { json } = await read('?types=job.progressed');
  expect(json.events.map(({ data }: FeedEvent) => [data.processed_items, data.health])).toEqual([
    [1, 'ok'],
    [0, 'late'],
  ]);
});

it('pages of one event, filtered or not, lead through everything in order', async () => {
  const jobs = [await client.createJob(), await client.createJob({ job_type: 'crawl' })];
  for (const id of jobs) await client.report(id, { mark_started: true });
  for (const id of jobs) await client.report(id, { mark_completed: true });
  for (const limit of [1, 2, 100]) {
    expect((await readAll(`limit=${limit}`)).length).toBe(6);
    const ends = await readAll(`limit=${limit}&types=job.completed`);
    expect(ends.map(({ job_id }) => job_id)).toEqual(jobs);
    const crawled = await readAll(`limit=${limit}&types=job.created&types=job.completed&job_type=crawl`);
    expect(crawled.map(({ id }) => id)).toEqual([`${jobs[1]}.1.job.created`, `${jobs[1]}.3.job.completed`]);
  }
});

it('a filter moves the cursor past what it lets not through', async () => {
  await client.createJob();
  const { json } = await read('?types=job.failed');
  expect(json.events).toEqual([]);
  expect((await read(`?after=${json.next_cursor}`)).json.events).toEqual([]);
});

it('a deleted job’s events stay', async () => {
  const id = await client.createJob();
  await client.post(`/api/jobs/${id}/cancel`);
  await client.send('DELETE', `/api/jobs/${id}`);
  expect(typesOf(await read())).toEqual(['job.created', 'job.cancelled', 'job.deleted']);
});

it('an unknown type is a 422; a cursor that was not made here is a 400', async () => {
  expect((await read('?types=job.created,job.broken')).json.code).toBe('validation_failed');
  const { next_cursor: cursor } = (await read()).json;
  const spoiled = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
  const list = (await client.get('/api/jobs/?limit=1')).json.next_cursor ?? 'x';
  for (const after of [spoiled, list, 'x', '0']) {
    const answer = await read(`?after=${after}`);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_cursor']);
  }
  const other = await makeClient();
  expect((await other.get(`/api/events?after=${cursor}`)).json.code).toBe('invalid_cursor');
  expect((await other.get(`/api/events/stream?after=${cursor}`)).json.code).toBe('invalid_cursor');
});

it('needs job:read', async () => {
  const writer = await makeKey(client.organization, ['job:create']);
  expect((await writer.get('/api/events')).json.code).toBe('permission_denied');
});

it('an index that is away is a 503, not an empty page', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'readFeed').mockRejectedValue(new Error('away'));
  const answer = await read();
  expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
});

describe('retention', () => {
  it('a cursor that is too old is a 410 that says where the feed begins', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const start = Date.now();
    const { next_cursor: early } = (await read()).json;
    const first = await client.createJob();
    const { next_cursor: behind } = (await read()).json;
    vi.setSystemTime(start + 45 * DAY);
    const second = await client.createJob();

    const gone = await read(`?after=${early}`);
    expect([gone.status, gone.json.code]).toEqual([410, 'cursor_expired']);
    expect(gone.json.detail).toContain(gone.json.oldest_at);
    expect((await read()).json.events.map(({ job_id }: FeedEvent) => job_id)).toEqual([second]);
    const onward = await read(`?after=${gone.json.oldest_cursor}`);
    expect(onward.json.events.map(({ job_id }: FeedEvent) => job_id)).toEqual([second]);
    expect(onward.json.events[0].at).toBe(gone.json.oldest_at);
    expect((await client.get(`/api/events/stream?after=${early}`)).status).toBe(410);
    // Nothing that this reader has not seen was dropped.
    expect((await read(`?after=${behind}`)).json.events).toHaveLength(1);
    expect(first).not.toBe(second);
  });
});
