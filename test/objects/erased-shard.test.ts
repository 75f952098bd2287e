/** A shard that is erased while it waits for others leaves nothing behind: no tables, and no alarm that rings for ever. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DAY } from '../../src/domain/base/time';
import { JobDO } from '../../src/objects/job/job-do';
import { OrgDO } from '../../src/objects/org/org-do';
import { type Client, makeClient } from '../support/client';
import { indexStub } from '../support/objects';

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const index = () => indexStub(client.organization);
const left = () =>
  runInDurableObject(index(), async (_object, { storage }) => {
    const tables = "SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'";
    return [storage.sql.exec(tables).toArray(), await storage.getAlarm()];
  });

it.each([
  ['sweeps', () => runDurableObjectAlarm(index())],
  ['is verified', () => index().verify(null, 10)],
])('while it %s', async (_, run) => {
  const parent_job_id = await client.createJob();
  await client.createJob({ parent_job_id });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY + 1_000 });
  const asked = vi.spyOn(JobDO.prototype, 'restate').mockImplementation(async () => {
    await index().erase();
    return null;
  });
  await run();
  expect(asked).toHaveBeenCalled();
  expect(await left()).toEqual([[], null]);
});

it('while it learns which endpoints read it', async () => {
  const learned = vi.spyOn(OrgDO.prototype, 'enabledWebhooks').mockImplementation(async () => {
    await index().erase();
    return [];
  });
  await client.createJob();
  await vi.waitFor(() => expect(learned).toHaveBeenCalled());
  await scheduler.wait(100);
  expect(await left()).toEqual([[], null]);
});

it('while its alarm looks for them', async () => {
  const learned = vi.spyOn(OrgDO.prototype, 'enabledWebhooks').mockRejectedValue(new Error('away'));
  await client.createJob();
  await vi.waitFor(() => expect(learned).toHaveBeenCalled());
  await scheduler.wait(100);
  learned.mockClear().mockImplementation(async () => {
    await index().erase();
    return [];
  });
  await runDurableObjectAlarm(index());
  expect(learned).toHaveBeenCalled();
  expect(await left()).toEqual([[], null]);
});
