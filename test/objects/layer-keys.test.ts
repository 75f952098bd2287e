import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, expect, it } from 'vitest';
import { seedFrom } from '../../src/domain/job/new-job';
import type { UnitKey } from '../../src/objects/job/contract';
import type { JobDO } from '../../src/objects/job/job-do';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

/** The job object's records of idempotency keys, called alone: over HTTP the body's hash is made for them. */

let client: Client;
let job: DurableObjectStub<JobDO>;
let jobId: string;
beforeEach(async () => {
  client = await makeClient();
  jobId = await client.createJob();
  job = await jobStub(client.organization, jobId);
});

/** Without `value` as a Worker of the version before asks. */
function keyOf(key: string, body: string, value?: string): UnitKey {
  const hashes = { key: key.padStart(32, '0'), body: body.padStart(16, '0') };
  return value === undefined ? hashes : { ...hashes, value: value.padStart(16, '0') };
}

async function report(key: UnitKey | null, delta = 1) {
  const unit = {
    commands: [{ verb: 'report' as const, report: { processed_delta: delta }, digest: '' }],
    batch: false,
  };
  const applied = await job.apply(client.organization, { unit, key }, {});
  if (applied === null) throw new Error('no such job');
  return { answer: applied.answer, counter: applied.view.summary.processed_items };
}

it('the same key and body again is the first verdict, and counts nothing', async () => {
  const first = await report(keyOf('a', 'b'));
  expect(first).toMatchObject({ answer: { outcome: 'done', applied: true, replayed: false }, counter: 1 });
  await report(null);
  const again = await report(keyOf('a', 'b'));
  expect(again).toMatchObject({
    answer: { outcome: 'done', applied: true, replayed: true, revision: 2 },
    counter: 2,
  });
});

it('the same key with another body is a conflict, and counts nothing', async () => {
  await report(keyOf('a', 'b'));
  const other = await report(keyOf('a', 'c'), 5);
  expect(other.answer).toMatchObject({ outcome: 'refused', rejection: { code: 'idempotency_conflict' } });
  expect(other.counter).toBe(1);
});

it('the same key and value in other bytes is the first verdict, and counts nothing', async () => {
  await report(keyOf('a', 'b', 'd'));
  expect(await report(keyOf('a', 'c', 'd'))).toMatchObject({ answer: { replayed: true }, counter: 1 });
  expect((await report(keyOf('a', 'b', 'e'))).answer).toMatchObject({ outcome: 'refused' });
});

it('what was kept of bytes alone matches those bytes, whatever their value is', async () => {
  await report(keyOf('a', 'b'));
  expect(await report(keyOf('a', 'b', 'd'))).toMatchObject({ answer: { replayed: true }, counter: 1 });
  expect((await report(keyOf('a', 'c', 'd'))).answer).toMatchObject({
    rejection: { code: 'idempotency_conflict' },
  });
});

it('a key is known again after its record was sealed with 31 others, and the memory lost', async () => {
  for (let n = 0; n < 40; n++) await report(keyOf(String(n), 'b'));
  await evictDurableObject(job);
  for (let n = 0; n < 40; n++) {
    expect(await report(keyOf(String(n), 'b'))).toMatchObject({ answer: { replayed: true }, counter: 40 });
  }
});

it('a creation with the same key is the same job for the same body, and a conflict for another', async () => {
  const organization = 'acme';
  const made = env.JOB.getByName(`${organization}/${crypto.randomUUID().replaceAll('-', '').slice(0, 17)}`);
  const seed = seedFrom({ job_type: 'import', total_items: 1 });
  if ('code' in seed) throw new Error(seed.detail);
  const create = (body: string) =>
    made.create(organization, { job_id: jobId, seed, items: [], key: keyOf('a', body), want: {} });
  expect(await create('b')).toMatchObject({ outcome: 'created' });
  expect(await create('b')).toMatchObject({ outcome: 'replayed', view: { summary: { revision: 1 } } });
  expect(await create('c')).toMatchObject({
    outcome: 'refused',
    rejection: { code: 'idempotency_conflict' },
  });
});
