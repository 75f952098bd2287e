/** What `python/headway.py` holds and asks where there is much of it: large ends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Workplace } from './commands.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { Live } from './live.ts';
import { endedWell, loggedOf, printed, startPython } from './python-program.ts';

let live: Live;
let place: Workplace;
let proxy: FaultyProxy;
before(async () => {
  [live, place] = await Promise.all([Live.start(), Workplace.make()]);
  proxy = await FaultyProxy.before(live.client.url, 0);
});
after(async () => {
  await place?.leave();
  await proxy?.stop();
  await live?.stop();
});

/** Runs a program to its end; answers the job that it names by `id`, and how many requests it made. */
async function ran(text: string) {
  const before = proxy.requests;
  const running = await startPython(place, { url: proxy.url, apiKey: live.client.apiKey }, text);
  const id = await printed(running, 'id');
  await endedWell(running);
  return { id, job: await live.client.job(id), requests: proxy.requests - before };
}

test('a large result beside what waits ends the job, in few requests', async () => {
  const { id, job, requests } = await ran(`
import headway
with headway.job("import") as job:
    job.log("caf\\u00e9 \\udcff")
    job.error("bad", entity_key="a")
    job.report(metadata_patch={"much": "ж" * 31_000})
    job.complete("ж" * 31_000)
print("id", job.id)
`);
  assert.deepEqual([job.status, job.errors_total], ['partial_success', 1]);
  assert.deepEqual([job.result, job.metadata.much], ['ж'.repeat(31_000), 'ж'.repeat(31_000)]);
  assert.equal((await loggedOf(live.client, id)).length, 1);
  assert.ok(requests < 5, `${requests} requests`);
});

test('a result that is too large for the report before it comes in the next', async () => {
  const { job, requests } = await ran(`
import headway
with headway.job("import") as job:
    job.flush()
    job.report(metadata_patch={"much": "x" * 62_000})
    for key in range(3): job.error("bad", entity_key=key, details={"much": "x" * 57_000})
    job.report(result="x" * 65_000)
    assert job.flush()
print("id", job.id)
`);
  assert.deepEqual([job.status, job.errors_total, job.result?.length], ['partial_success', 3, 65_000]);
  assert.ok(requests < 6, `${requests} requests`);
});
