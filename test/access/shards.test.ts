/** The shards of an organization's index are raised while it runs: nothing is lost from what is read meanwhile. */

import { createExecutionContext, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app';
import { configOf, type Env } from '../../src/config';
import {
  SHARDS_SETTLE,
  type ShardRaises,
  shareCount,
  shareOf,
  spreadCount,
} from '../../src/domain/access/shards';
import { coreOf } from '../../src/objects/address';
import type { Caller } from '../../src/services/access/caller';
import { FeedWatch } from '../../src/services/feed/feed-watch';
import { type Client, makeClient, ORIGIN, send } from '../support/client';
import { later } from '../support/later';
import { indexStub, webhookStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { type MadeWebhook, makeWebhook } from '../support/webhooks';

let client: Client;
beforeEach(async () => {
  openReceivers();
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const operator = (method: string, path: string, body?: unknown) =>
  send(env.ADMIN_TOKEN, method, `/admin/orgs/${client.organization}${path}`, { body });
const raise = (shards: unknown) => operator('PATCH', '', { shards });
const shardOf = (jobId: string) => Number.parseInt(jobId.slice(0, 2), 16) >> 2;

/** Jobs until each of `shards` has one that was made here. */
async function jobsIn(shards: readonly number[]): Promise<string[]> {
  const made: string[] = [];
  while (!shards.every((shard) => made.some((id) => shardOf(id) === shard)))
    made.push(await client.createJob());
  return made;
}

async function idsOf(path: string, list: string, ask: Record<string, string> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let query: Record<string, string> = { ...ask, limit: '3' }; ; ) {
    const { status, text, json } = await client.get(`${path}?${new URLSearchParams(query)}`);
    if (status !== 200) throw new Error(text);
    ids.push(...json[list].map((one: { job_id: string }) => one.job_id));
    if (json.next_cursor === null || json[list].length === 0) return ids;
    query = { limit: '3', [list === 'jobs' ? 'cursor' : 'after']: json.next_cursor };
  }
}

/** The clock of a test stands ahead of the runtime's: an endpoint's alarm is run by hand. */
async function untilTold({ webhook_id }: MadeWebhook, receiver: Receiver, count: number): Promise<void> {
  await until(async () => {
    await runDurableObjectAlarm(webhookStub(client.organization, webhook_id));
    return receiver.received.length >= count;
  });
}

describe('raising the shards', () => {
  it('is the operator’s, and never lowers them: a refusal says what would be right and changes nothing', async () => {
    expect((await operator('GET', '')).json.shards).toBe(1);
    expect((await raise(4)).json).toMatchObject({ shards: 4 });
    expect((await operator('GET', '')).json.shards).toBe(4);
    const refused = await operator('PATCH', '', { shards: 3, name: 'Other', external_id: 'other' });
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'shards', message: 'must be 4 to 64: the index has 4 shards, and is only raised' }],
    });
    expect((await operator('GET', '')).json).toMatchObject({ name: 'A test', external_id: null, shards: 4 });
    for (const bad of [0, 65, 1.5, '8', null]) expect((await raise(bad)).status).toBe(422);
    expect((await raise(4)).status).toBe(200);
    const { records } = (await client.get('/api/audit?action=organization.change')).json;
    expect(records.map(({ changes }: { changes: unknown }) => changes)).toEqual([
      [{ field: 'shards', from: 1, to: 4 }],
    ]);
  });

  it('new jobs come to new shards once every reader asks those; jobs of before stay where they are', async () => {
    const before = [
      await client.createJob(),
      await client.createJob(),
      await client.createJob(),
      await client.createJob(),
    ];
    const list = await client.get('/api/jobs/?limit=2');
    const feed = await client.get('/api/events?limit=2');
    await raise(4);
    const settling = await client.createJob();
    expect(shardOf(settling)).toBe(0);
    later(31_000);
    expect(shardOf(await client.createJob())).toBe(0);
    later(SHARDS_SETTLE);
    const after = await jobsIn([0, 1, 2, 3]);
    for (const shard of [1, 2, 3]) {
      const listed = (await indexStub(client.organization, shard).list({}, null, 100)) as {
        job_id: string;
      }[];
      expect(listed.map(({ job_id }) => job_id).sort()).toEqual(
        after.filter((id) => shardOf(id) === shard).sort(),
      );
    }

    const all = await idsOf('/api/jobs/', 'jobs');
    expect(all.slice(0, after.length).sort()).toEqual([...after].sort());
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining([...before, settling, ...after]));
    // What was begun before goes on, and shows everything once.
    expect(await idsOf('/api/jobs/', 'jobs', { cursor: list.json.next_cursor })).toEqual(
      [...before].reverse().slice(2),
    );
    const told = await idsOf('/api/events', 'events', { after: feed.json.next_cursor });
    expect(told.length).toBe(new Set(told).size);
    expect([...told, ...before.slice(0, 2)].sort()).toEqual([...all].sort());

    expect((await client.report(before[0] as string, { mark_completed: true })).json.status).toBe(
      'completed',
    );
    const ended = await client.get('/api/jobs/?status=completed');
    expect(ended.json.jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual([before[0]]);
    expect((await client.get('/api/usage')).json.limits.jobs.use).toBe(all.length - 1);
    expect((await client.get('/api/audit')).status).toBe(200);
  });

  it('a key creates once, before and after: the job keeps its id', async () => {
    const make = () =>
      client.post('/api/jobs/', { job_type: 'import', total_items: 1 }, { 'Idempotency-Key': 'k' });
    const { job_id } = (await make()).json;
    await raise(64);
    later(SHARDS_SETTLE + 31_000);
    const again = await make();
    expect([again.status, again.json.job_id]).toEqual([200, job_id]);
  });
});

describe('whoever follows', () => {
  it('an endpoint of before is told what happens in a new shard, once; one of after begins at its head', async () => {
    const receiver = new Receiver();
    const early = await makeWebhook(client, receiver);
    await raise(3);
    later(SHARDS_SETTLE + 31_000);
    const made = await jobsIn([0, 1, 2]);
    await untilTold(early, receiver, made.length);
    const late = new Receiver();
    const webhook = await makeWebhook(client, late);
    const more = await jobsIn([0, 1, 2]);
    await untilTold(webhook, late, more.length);
    await untilTold(early, receiver, made.length + more.length);
    const idsAt = (at: Receiver) => at.received.map(({ json }) => json.data.job_id ?? json.data.job?.job_id);
    expect(idsAt(late).sort()).toEqual([...more].sort());
    expect(idsAt(receiver).sort()).toEqual([...made, ...more].sort());
    expect((await client.get(`/api/webhooks/${webhook.webhook_id}`)).json).not.toHaveProperty('shards');
  });

  it('a reader that waits asks a new shard from when its credential was looked at again', async () => {
    const principal: Caller['principal'] = {
      ...{ organization: client.organization, actor: { kind: 'key', id: 'k' }, permissions: [] },
      ...{ salt: '', since: Date.now() },
    };
    const caller: Caller = { env: env as Env, config: configOf(env), principal, renew: async () => true };
    const watch = new FeedWatch(caller, {}, {}, 10, new AbortController().signal);
    expect(await watch.next(1)).toBe('quiet');
    await raise(2);
    later(SHARDS_SETTLE + 31_000);
    const made = await jobsIn([1]);
    caller.principal = { ...principal, shards: [{ count: 2, at: 0 }] };
    const told = new Set<string>();
    while (told.size < made.length) {
      const news = await watch.next(5_000);
      if (typeof news === 'string') throw new Error(news);
      for (const { job_id } of news.page.events) told.add(job_id);
    }
    expect([...told].sort()).toEqual([...made].sort());
    watch.close();
  });
});

it('what a shard holds already is not too much because there are others', async () => {
  const app = createApp();
  const set = { ...env, LIMITS: JSON.stringify({ jobs: 8 }) } as Env;
  const create = async (key: string) => {
    const body = JSON.stringify({ job_type: 'import', total_items: 1 });
    const headers = {
      Authorization: `Bearer ${client.key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    };
    const request = new Request(`${ORIGIN}/api/jobs/`, { method: 'POST', headers, body });
    return app.fetch(request, set, createExecutionContext());
  };
  for (let n = 0; n < 4; n++) expect((await create(`before ${n}`)).status).toBe(201);
  await raise(4);
  later(SHARDS_SETTLE + 31_000);
  // Of eight in one shard four are there; a new one has two.
  let more = 0;
  for (let n = 0; more < 2 && n < 100; n++) {
    const made = await create(`after ${n}`);
    const { job_id = '' } = (await made.json()) as { job_id?: string };
    if (job_id !== '' && shardOf(job_id) === 0) more += 1;
    expect(job_id === '' ? 409 : 201).toBe(made.status);
  }
  expect(more).toBe(2);
});

it('shares and spread of any raises', () => {
  const raises: ShardRaises = [
    { count: 2, at: 0 },
    { count: 8, at: 1_000 },
  ];
  expect([0, 1, 2, 7].map((shard) => shareCount(raises, 1, shard))).toEqual([1, 2, 8, 8]);
  expect([0, 3, 7].map((shard) => shareCount(raises, 4, shard))).toEqual([2, 4, 8]);
  expect([0, SHARDS_SETTLE, SHARDS_SETTLE + 1_000].map((now) => spreadCount(raises, 1, now))).toEqual([
    1, 2, 8,
  ]);
  expect(spreadCount(null, 3, 0)).toBe(3);
});

it('a deletion goes through every shard that there is', async () => {
  await raise(3);
  later(SHARDS_SETTLE + 31_000);
  const made = await jobsIn([1, 2]);
  const index = indexStub(client.organization, 2);
  expect(await index.heldJobs(10)).not.toEqual([]);
  expect((await operator('DELETE', '')).status).toBe(202);
  for (let runs = 0; (await operator('GET', '')).json.status !== 'deleted'; runs++) {
    if (runs > 100) throw new Error('it does not end');
    later(60_000);
    await runDurableObjectAlarm(env.DIRECTORY.getByName('directory'));
  }
  for (const shard of [0, 1, 2]) expect(await indexStub(client.organization, shard).heldJobs(10)).toEqual([]);
  for (const id of made) {
    const job = env.JOB.getByName(`${client.organization}/${coreOf(id)}`);
    expect(await job.get(client.organization, {})).toBeNull();
  }
});

describe('the number of jobs, of an organization with four shards,', () => {
  /** One that has had them for long, with these limits. */
  async function organizationWith(limits: Record<string, number>): Promise<Client> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 2 * SHARDS_SETTLE });
    client = await makeClient();
    await operator('PATCH', '', { shards: 4, limits });
    vi.useRealTimers();
    return client;
  }
  const create = () => client.post('/api/jobs/', { job_type: 'import', total_items: 1 });

  it('of which it may have one, is one; what is refused names the limit', async () => {
    await organizationWith({ jobs: 1 });
    const answers = [];
    for (let n = 0; n < 12; n++) answers.push(await create());
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(11).fill(409)]);
    expect(answers[1]?.json.detail).toMatch(/^There are 1 jobs .* may be 1: /);
    expect((await client.get('/api/usage')).json.limits.jobs).toEqual({ limit: 1, use: 1 });
  });

  it.each([
    { creates_per_minute: 1, creates_burst: 1 },
    { creates_burst: 1, creates_per_minute: 4 },
  ])('of which it may make %j, is one at once', async (limits) => {
    await organizationWith(limits);
    const answers = [];
    for (let n = 0; n < 8; n++) answers.push((await create()).status);
    expect(answers.sort()).toEqual([201, ...Array(7).fill(429)]);
  });
});

it.each([
  [1, 4, [1, 1, 1, 1]],
  [6, 4, [2, 2, 1, 1]],
  [8, 4, [2, 2, 2, 2]],
  [1_000_000, 3, [333_334, 333_333, 333_333]],
])('%i among %i shards are %j', (amount, shares, expected) => {
  expect(expected.map((_, shard) => shareOf(amount, shares, shard))).toEqual(expected);
});
