/** A job knows the last sequences of a thousand reporters, in its own row. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { jobStub } from '../support/objects';

const DAY = 86_400_000;

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A job on which a thousand have reported. */
async function crowded(): Promise<string> {
  const id = await client.createJob();
  const reports = Array.from({ length: 1_000 }, (_, n) => ({ ...place(`w${n}`, n + 1), processed_delta: 1 }));
  const { status, json } = await client.post(`/api/jobs/${id}/progress/batch`, { reports });
  expect([status, json.job.processed_items]).toEqual([200, 1_000]);
  return id;
}

function place(reporter: string, sequence: number) {
  return { reporter, sequence };
}

it('each has its last one, through an eviction, for one row a report', async () => {
  const id = await crowded();
  const stub = await jobStub(client.organization, id);
  await evictDurableObject(stub);
  for (const n of [0, 1, 499, 999]) {
    const again = await client.report(id, { ...place(`w${n}`, n + 1), processed_delta: 1 });
    expect(again.json).toMatchObject({ reason: 'duplicate', last_sequence: n + 1, processed_items: 1_000 });
  }
  expectRefusal(await client.report(id, place('w499', 3)), 409, 'stale_sequence');
  const rows = await countRows(stub, async () => {
    expect((await client.report(id, { ...place('w7', 9), processed_delta: 1 })).json.applied).toBe(true);
  });
  expect(rows).toBe(1);
});

it('another is refused, and shown the way out', async () => {
  const id = await crowded();
  const refused = await client.report(id, { ...place('another', 1), processed_delta: 1 });
  expectRefusal(refused, 422, 'validation_failed');
  expect(refused.json.errors).toEqual([
    { path: 'reporter', message: expect.stringContaining('Idempotency-Key') },
  ]);
  const keyed = { 'Idempotency-Key': 'another' };
  expect((await client.report(id, { processed_delta: 1 }, keyed)).json.processed_items).toBe(1_001);
});

it('another may end the job all the same', async () => {
  const id = await crowded();
  const { status, json } = await client.report(id, { ...place('another', 1), mark_completed: true });
  expect([status, json.status, json.applied]).toEqual([200, 'completed', true]);
  expect(json.ignored).toEqual([{ path: 'reporter', message: expect.stringContaining('Idempotency-Key') }]);
  expect(json).not.toHaveProperty('last_sequence');
});

it('after a day the one silent longest gives way to another', async () => {
  const id = await crowded();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY });
  expect((await client.report(id, place('w0', 1))).json.reason).toBe('duplicate');
  expect((await client.report(id, place('w1', 3))).json.applied).toBe(true);
  expect((await client.report(id, place('another', 1))).json.applied).toBe(true);
  expect((await client.report(id, place('another', 1))).json.reason).toBe('duplicate');
  expectRefusal(await client.report(id, place('w1', 1)), 409, 'stale_sequence');
});

it('a store of the version before goes on with its sequences, and that version with what is written here', async () => {
  const id = await client.createJob();
  await client.report(id, { ...place('new', 4), processed_delta: 1 });
  const stub = await jobStub(client.organization, id);
  const before = JSON.stringify([
    ['old', 7],
    ['older', 9_007_199_254_740_991],
  ]);
  await runInDurableObject(stub, (_, state) => {
    state.storage.sql.exec('UPDATE job SET reporters = ?', before);
  });
  await evictDurableObject(stub);
  expect((await client.report(id, place('old', 7))).json.reason).toBe('duplicate');
  expectRefusal(await client.report(id, place('older', 1)), 409, 'stale_sequence');
  expect((await client.report(id, place('old', 8))).json.applied).toBe(true);
  await evictDurableObject(stub);
  expect((await client.report(id, place('old', 8))).json.reason).toBe('duplicate');
  expect((await client.report(id, place('older', 9_007_199_254_740_991))).json.reason).toBe('duplicate');

  // The version before reads pairs, finds no name that it knows, and appends its own.
  const kept = await runInDurableObject(stub, (_, state) => {
    const { reporters } = state.storage.sql.exec<{ reporters: string }>('SELECT reporters FROM job').one();
    const pairs = JSON.parse(reporters) as [string, number][];
    state.storage.sql.exec('UPDATE job SET reporters = ?', JSON.stringify([...pairs, ['old', 9]]));
    return pairs;
  });
  expect(kept).toEqual([[expect.any(String), -1]]);
  await evictDurableObject(stub);
  expect((await client.report(id, place('old', 9))).json.reason).toBe('duplicate');
  expectRefusal(await client.report(id, place('older', 2)), 409, 'stale_sequence');
});
