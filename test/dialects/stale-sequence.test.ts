/** A sequence below its reporter's last: a worker that has forgotten where it was must not miss that it is not heard. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SKIP_REASONS } from '../../src/domain/job/transition';
import { expectRefusal } from '../attack/refusal';
import { type Answer, type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { jobStub } from '../support/objects';
import { SocketReporter } from '../support/reporter';

let client: Client;
let id: string;
let before: Answer;
beforeAll(async () => {
  client = await makeClient();
});
beforeEach(async () => {
  id = await client.createJob({ heartbeat_timeout_seconds: 60 });
  await client.report(id, place(7, { processed_items: 7 }));
  before = await client.get(`/api/jobs/${id}`);
});

afterEach(() => {
  vi.useRealTimers();
});

function place(sequence: number, fields: object = {}) {
  return { reporter: 'w', sequence, ...fields };
}

const sendBatch = (...reports: object[]) => client.post(`/api/jobs/${id}/progress/batch`, { reports });

async function expectUntouched(): Promise<void> {
  expect((await client.get(`/api/jobs/${id}`)).text).toBe(before.text);
}

describe('a report with a sequence below the last', () => {
  it('is a 409 that names the last, and tells the worker where the job stands', async () => {
    const answer = await client.report(id, place(6, { processed_items: 6 }));
    expectRefusal(answer, 409, 'stale_sequence');
    expect(answer.json).toMatchObject({ last_sequence: 7, job_status: 'in_progress', revision: 2 });
    expect(answer.json.control.next_report_in_seconds).toBe(15);
    expect(answer.headers.get('Job-Revision')).toBe('2');
    await expectUntouched();
  });

  it('is no success where it ends the job, and the job stays open', async () => {
    for (const mark of [{ mark_completed: true }, { mark_failed: 'disk full' }]) {
      const answer = await client.report(id, place(1, { ...mark, nope: 1 }));
      expectRefusal(answer, 409, 'stale_sequence');
    }
    await expectUntouched();
  });

  it('is told of before the end is', async () => {
    await client.report(id, place(8, { mark_completed: true }));
    expectRefusal(await client.report(id, place(3, { mark_completed: true })), 409, 'stale_sequence');
    expectRefusal(await client.report(id, place(9, { processed_items: 9 })), 409, 'job_terminal');
    expect((await client.report(id, place(8, { mark_completed: true }))).json.reason).toBe('duplicate');
  });

  it('is no sign of life and writes nothing, with a key or without, and its key is free', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16_000 });
    const stub = await jobStub(client.organization, id);
    const keyed = { 'Idempotency-Key': 'free' };
    const rows = await countRows(stub, async () => {
      await client.report(id, place(6));
      expectRefusal(await client.report(id, place(6), keyed), 409, 'stale_sequence');
      expectRefusal(await client.report(id, place(6), keyed), 409, 'stale_sequence');
      await sendBatch(place(6), place(5));
    });
    expect(rows).toBe(0);
    expect((await client.report(id, place(8, { processed_items: 8 }), keyed)).json.applied).toBe(true);
  });
});

it('is a 409 for a key too under which the version before kept that it was skipped', async () => {
  const keyed = { 'Idempotency-Key': 'kept' };
  await client.report(id, place(8), keyed);
  const stub = await jobStub(client.organization, id);
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const { keys } = sql.exec<{ keys: ArrayBuffer }>('SELECT keys FROM job').one();
    const record = new Uint8Array(keys);
    record.set([0, 1 + SKIP_REASONS.indexOf('stale')], 36);
    sql.exec('UPDATE job SET keys = ?', record);
  });
  await evictDurableObject(stub);
  expectRefusal(await client.report(id, place(8), keyed), 409, 'stale_sequence');
});

describe('a batch', () => {
  it('of nothing else is the same 409', async () => {
    const answer = await sendBatch(place(1), place(2, { mark_completed: true }));
    expectRefusal(answer, 409, 'stale_sequence');
    expect(answer.json.last_sequence).toBe(7);
    await expectUntouched();
  });

  it('of others too skips it, and tells how many', async () => {
    const { status, json } = await sendBatch(place(5), place(6), place(8, { processed_items: 8 }));
    expect([status, json.stale]).toEqual([200, 2]);
    expect(json.verdicts).toEqual([
      { applied: false, revision: 2, reason: 'stale', last_sequence: 7 },
      { applied: false, revision: 2, reason: 'stale', last_sequence: 7 },
      { applied: true, revision: 3, last_sequence: 8 },
    ]);
    const repeated = await sendBatch(place(7), place(8));
    expect([repeated.status, repeated.json.stale]).toEqual([200, 1]);
    expect((await sendBatch(place(9))).json).not.toHaveProperty('stale');
  });
});

it('over a socket it is skipped and told, since after a break frames come again', async () => {
  const worker = await SocketReporter.open(client, id);
  worker.send({ report: place(6) });
  worker.send({ reports: [place(5), place(6)] });
  worker.send({ reports: [place(6), place(8)] });
  const [single, stale, mixed] = await worker.acks(3);
  expect(single).toMatchObject({ applied: false, reason: 'stale', last_sequence: 7, stale: 1 });
  expect(stale).toMatchObject({ applied: false, stale: 2, last_sequence: 7 });
  expect(stale.verdicts).toHaveLength(2);
  expect(mixed).toMatchObject({ applied: true, stale: 1 });
  worker.socket.close();
});
