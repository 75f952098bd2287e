import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Command, Report } from '../../src/domain/job/command';
import { EntryStore } from '../../src/objects/job/entry-store';
import type { JobDO } from '../../src/objects/job/job-do';
import { JobStore } from '../../src/objects/job/job-store';
import { SealedKeyStore } from '../../src/objects/job/sealed-key-store';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

/** Units that share a commit: each has its own verdict, and a refused one leaves no trace in the others'. */

let client: Client;
let job: DurableObjectStub<JobDO>;
let jobId: string;
beforeEach(async () => {
  client = await makeClient();
  jobId = await client.createJob();
  job = await jobStub(client.organization, jobId);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function report(fields: Report): Command {
  return { verb: 'report', report: fields, digest: '' };
}

/** Brings all in one turn: the first is committed alone, the others share the next commit. */
async function together(commands: Command[]) {
  const saves = vi.spyOn(JobStore.prototype, 'save');
  const outcomes = await runInDurableObject(job, (object) =>
    Promise.allSettled(
      commands.map((command) => {
        const ask = { unit: { commands: [command], batch: false }, key: null };
        return object.apply(client.organization, ask, {});
      }),
    ),
  );
  return { outcomes, saves: saves.mock.calls.length };
}

it('what arrives while a commit is under way shares the next one, each with a revision of its own', async () => {
  const { outcomes, saves } = await together([1, 2, 3, 4].map((delta) => report({ processed_delta: delta })));
  const revisions = outcomes.map((outcome) => {
    if (outcome.status === 'rejected' || outcome.value?.answer.outcome !== 'done')
      throw new Error('not done');
    return outcome.value.answer.revision;
  });
  expect(revisions).toEqual([2, 3, 4, 5]);
  expect(saves).toBe(2);
  expect((await client.get(`/api/jobs/${jobId}`)).json).toMatchObject({ processed_items: 10, revision: 5 });
});

it('a refused one is refused alone and leaves nothing in the group', async () => {
  const tooLarge = { a: 'x'.repeat(70_000) };
  const { outcomes, saves } = await together([
    report({ processed_delta: 1 }),
    report({ processed_delta: 1, stage: 'before' }),
    report({ processed_delta: 100, message: 'refused', stage: 'refused', metadata_patch: tooLarge }),
    report({ processed_delta: 1, message: 'after' }),
  ]);
  const answers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.answer : null));
  expect(answers).toMatchObject([
    { outcome: 'done', revision: 2 },
    { outcome: 'done', revision: 3 },
    { outcome: 'refused', rejection: { code: 'metadata_too_large' } },
    { outcome: 'done', revision: 4 },
  ]);
  expect(saves).toBe(2);
  const { json } = await client.get(`/api/jobs/${jobId}`);
  expect(json).toMatchObject({ processed_items: 3, revision: 4, metadata: { stage: 'before' } });
  const { logs } = (await client.get(`/api/jobs/${jobId}/logs`)).json;
  expect(logs.map(({ message }: { message: string }) => message)).toEqual([
    'Job created',
    'Job started',
    'Stage: before',
    'after',
  ]);
});

it('a bug that one of them meets is its own alone', async () => {
  const { outcomes } = await together([
    report({ processed_delta: 1 }),
    report({ processed_delta: 1 }),
    { verb: 'no such verb' } as unknown as Command,
    report({ processed_delta: 1 }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  const { json } = await client.get(`/api/jobs/${jobId}`);
  expect(json).toMatchObject({ processed_items: 3 });
});

it('a commit that fails after it has written takes the table it had made with it', async () => {
  const error = { entity_key: 'a', entity_type: 'row', error_type: 'bad', message: 'bad' };
  vi.spyOn(SealedKeyStore.prototype, 'write').mockImplementationOnce(() => {
    throw new Error('the disk is full');
  });
  const { outcomes } = await together([report({ error })]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected']);
  expect((await client.report(jobId, { error })).json).toMatchObject({ applied: true, failed_items: 1 });
});

it('what a rolled-back commit wrote is not remembered either', async () => {
  vi.spyOn(EntryStore.prototype, 'append').mockImplementationOnce(() => {
    throw new Error('a fault after the row');
  });
  const { outcomes } = await together([report({ processed_delta: 5 })]);
  expect(outcomes[0]?.status).toBe('rejected');
  expect((await client.get(`/api/jobs/${jobId}`)).json).toMatchObject({ processed_items: 0, revision: 1 });
  await together([report({ processed_delta: 1 })]);
  expect((await client.get(`/api/jobs/${jobId}`)).json).toMatchObject({ processed_items: 1, revision: 2 });
});
