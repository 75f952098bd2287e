import { evictDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client';
import type { Place } from '../support/fold';
import { Follower } from '../support/follower';
import { jobStub } from '../support/objects';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

const issue = fc.record({
  entity_key: fc.constantFrom('a', 'b', 'c'),
  entity_type: fc.constantFrom('row', 'job'),
  error_type: fc.constantFrom('missing', 'invalid'),
  message: fc.string(),
});
const report = fc.record(
  {
    processed_items: fc.integer({ min: 0, max: 20 }),
    stage: fc.constantFrom('reading', 'writing'),
    message: fc.string({ minLength: 1 }),
    metadata_patch: fc.dictionary(fc.constantFrom('a', 'b', 'stage'), fc.constantFrom(null, 'x', 'y')),
    result: fc.integer(),
    errors: fc.array(issue, { maxLength: 40 }),
    warnings: fc.array(issue, { maxLength: 40 }),
    logs: fc.array(fc.record({ level: fc.constant('info'), message: fc.string() }), { maxLength: 5 }),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('report' as const), report }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      reports: fc.array(report, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('hibernate' as const, 'cut' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('drop' as const, 'open' as const),
      who: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(5, 60, 150) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function play(id: string, followers: Follower[], step: Step): Promise<void> {
  switch (step.do) {
    case 'report':
      return expect((await client.report(id, step.report)).status).toBe(200);
    case 'batch': {
      const { reports } = step;
      return expect((await client.post(`/api/jobs/${id}/progress/batch`, { reports })).status).toBe(200);
    }
    case 'hibernate':
    case 'cut': {
      // An object is evicted while it runs: one that was just evicted does not.
      await client.get(`/api/jobs/${id}`);
      const webSockets = step.do === 'cut' ? 'close' : 'hibernate';
      return evictDurableObject(await jobStub(client.organization, id), { webSockets });
    }
    case 'drop':
      return followers[step.who]?.drop();
    case 'open':
      await followers[step.who]?.drop();
      return followers[step.who]?.open();
    case 'wait':
      await scheduler.wait(step.ms);
  }
}

it('whatever happens to objects, sockets and streams: no gap, no repeat, and the folded job is the job', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const id = await client.createJob({ metadata: { b: 'z' } });
      const followers = [0, 1, 2].map(() => new Follower(client, id));
      for (const follower of followers) await follower.open();
      for (const step of steps) await play(id, followers, step);
      await client.report(id, { mark_completed: true });
      for (const follower of followers) {
        await follower.drop();
        await follower.open();
      }
      await Promise.all(followers.map((follower) => follower.ended()));
      const job = (await client.get(`/api/jobs/${id}`)).json;
      const log: Place[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { logs: Place[]; next_cursor: string | null } = (
          await client.get(`/api/jobs/${id}/logs?limit=100&cursor=${cursor}`)
        ).json;
        log.push(...page.logs);
        cursor = page.next_cursor;
      }
      for (const { fold, resyncs } of followers) {
        expect(fold.job).toEqual(job);
        expect(resyncs).toBe(0);
        fold.judge(job, log, () => true);
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 120_000);
