/** A service that is away costs a Python program next to nothing. HEADWAY_WHOLE=1 has it away for a minute. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Workplace } from '../commands.ts';
import { FaultyProxy } from '../faulty-proxy.ts';
import { Live } from '../live.ts';
import { endedWell, loggedOf, printed, startPython } from '../python-program.ts';

const AWAY = process.env.HEADWAY_WHOLE === '1' ? 60_000 : 3_000;

let live: Live;
let place: Workplace;
before(async () => {
  [live, place] = await Promise.all([Live.start(), Workplace.make()]);
});
after(async () => {
  await place?.leave();
  await live?.stop();
});

const run = (text: string, env: Record<string, string>, url: string) =>
  startPython(place, { url, apiKey: live.client.apiKey }, text, env);

test(`the service is away for ${AWAY / 1_000} s: a loop of rows of 1.5 ms grows by less than 1 %, what waits is bounded, and all is there afterwards`, async () => {
  const apart = await FaultyProxy.before(live.client.url, 0);
  try {
    const running = await run(
      `
import os, resource, statistics, time, headway
headway.PATIENCE, headway.TIMEOUT = 60, 1
troubles, costs, whole, longest = [], [], [], 0.0
with headway.job("import", every=0.1, on_trouble=troubles.append) as job:
    assert job.flush(30)
    print("id", job.id)
    until = time.monotonic() + float(os.environ["SECONDS"])
    while time.monotonic() < until:
        began = time.thread_time()
        sum(range(250_000))
        at, cost = time.perf_counter(), time.thread_time()
        job.update(1)
        costs.append(time.thread_time() - cost)
        whole.append(cost - began)
        longest = max(longest, time.perf_counter() - at)
    # What a call takes by itself is in each of them. On a shared machine time that was stolen counts as the thread's, in
    # most calls where much is stolen: the hundredth that took least has none of it.
    share = statistics.quantiles(costs, n=100)[0] / statistics.quantiles(whole, n=100)[0]
    assert troubles, "it was never away"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for line in range(100_000): job.log(f"line {line} {'x' * 2_000}")
    for key in range(50): job.error("bad", entity_key=key)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32_768
    print("back", 1)
    assert job.flush(60)
print("rows", len(costs))
print("share", share)
print("longest", longest)
print("told", len(troubles))
`,
      { SECONDS: String(AWAY / 1_000) },
      apart.url,
    );
    const id = await printed(running, 'id');
    apart.state = 'away';
    await sleep(AWAY / 3);
    apart.state = 'mute';
    await printed(running, 'back');
    apart.state = 'there';
    const [rows, share, longest, told] = await Promise.all(
      ['rows', 'share', 'longest', 'told'].map(async (name) => Number(await printed(running, name))),
    );
    await endedWell(running);
    assert.ok(share !== undefined && share < 0.01, `update() took ${share} of the loop`);
    assert.ok(longest !== undefined && longest < 0.9, `an update() took ${longest} s`);
    assert.equal(told, 1);
    const job = await live.client.job(id);
    assert.deepEqual([job.processed_items, job.errors_total, job.failed_items], [rows, 50, 50]);
    const lines = await loggedOf(live.client, id);
    assert.match(lines[0] ?? '', /^line 0 /);
    assert.match(lines.at(-1) ?? '', /^\d+ entries were dropped here: too many waited for the service$/);
  } finally {
    await apart.stop();
  }
});
