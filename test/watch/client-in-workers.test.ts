/** The client as a Worker uses it: it runs where there is no process, on fetch, streams and timers alone. */
import { exports } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { Headway, JobCancelled } from '../../src/client/index.ts';
import { type Client, makeClient, ORIGIN } from '../support/client';

let client: Client;
let headway: Headway;
beforeAll(async () => {
  client = await makeClient();
  const here: typeof fetch = (input, init) => exports.default.fetch(new Request(input as string, init));
  headway = new Headway({ url: ORIGIN, apiKey: client.key, fetch: here });
});

it('reports on a job, watches it to its end, and is told of a cancellation', async () => {
  let id = '';
  await headway.run({ job_type: 'import', total_items: 3 }, async (job) => {
    for await (const _row of job.track([1, 2, 3])) job.log('a row');
    await job.flush();
    id = job.id ?? '';
  });
  const states = [];
  for await (const state of headway.watch(id)) states.push(state);
  expect(states.at(-1)).toEqual((await client.get(`/api/jobs/${id}`)).json);
  expect(states.at(-1)).toMatchObject({ status: 'completed', processed_items: 3 });

  await using job = await headway.create({ job_type: 'import', total_items: 3 });
  await headway.cancel(job.id ?? '', { reason: 'enough' });
  job.report({ processed_delta: 1 });
  await job.flush();
  expect(job.signal.reason).toBeInstanceOf(JobCancelled);
});
