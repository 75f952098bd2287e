/**
 * What `python/headway.py` holds and asks where there is much of it: large ends, a job in two thousand pickles, hundreds of
 * loops, two credentials.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FaultyProxy } from './faulty-proxy.ts';
import type { Live } from './live.ts';
import { PythonGround } from './python-ground.ts';
import { endedWell, loggedOf, printed } from './python-program.ts';

let ground: PythonGround;
let live: Live;
let proxy: FaultyProxy;
before(async () => {
  ground = await PythonGround.make();
  ({ live, proxy } = ground);
});
after(() => ground?.leave());

/** Runs a program to its end; answers the job that it names by `id`, and how many requests it made. */
async function ran(text: string, env: Record<string, string> = {}) {
  const before = proxy.requests;
  const running = await ground.start(text, env);
  const id = await printed(running, 'id');
  const lines = await endedWell(running);
  return { id, lines, job: await live.client.job(id), requests: proxy.requests - before };
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

test('what answers in place of the service stops nothing, whatever it writes', async () => {
  const foreign: [number, string][] = [
    [200, '{"control": "ok"}'],
    [201, '{"control": {"links": []}}'],
    [404, '{"code": 404, "message": "no route"}'],
    [200, '<h1>Sign in</h1>'],
  ];
  proxy.instead.push(...foreign);
  const { job } = await ran(`
import headway
headway._pause = lambda *_: 0.1
with headway.job("import", every=0.1) as job:
    job.update(3)
    assert job.flush(30)
print("id", job.id)
`);
  assert.deepEqual([job.status, job.processed_items, proxy.instead], ['completed', 3, []]);
});

test('of an organization that is suspended what was said waits until it is resumed', async () => {
  proxy.instead.push(
    [403, '{"code": "organization_suspended"}'],
    [403, '{"code": "organization_suspended"}', 1],
  );
  const { job } = await ran(`
import headway
with headway.job("import") as job:
    job.update(3)
    assert job.flush(30)
print("id", job.id)
`);
  assert.deepEqual([job.status, job.processed_items, proxy.instead], ['completed', 3, []]);
});

test('who says when to come again is left alone until then, whatever is flushed or watched', async () => {
  proxy.instead.push([429, '{"code": "rate_limited"}', 2], [429, '{"code": "rate_limited"}', 2]);
  const { id } = await ran(`
import time, headway
began = time.monotonic()
with headway.job("import", total=1) as job:
    for _ in range(5): job.flush(0.1)
    job.update(1)
    assert job.flush(30)
    assert time.monotonic() - began >= 4
print("id", job.id)
`);
  proxy.instead.push([503, '{"code": "unavailable"}', 2]);
  const watched = await ran(`
import time, headway
began = time.monotonic()
print(headway.wait("${id}")["status"])
assert time.monotonic() - began >= 2
print("id", "${id}")
`);
  assert.deepEqual([watched.requests, watched.lines[0]], [2, 'completed']);
});

test('blocks whose service stays away leave no thread for ever', async () => {
  const program = `
import threading, time, headway
headway.PATIENCE, headway.GIVEN_UP, headway._pause = 0, 0.1, lambda *_: 0.05
said = []
for _ in range(20):
    with headway.job("import", url="http://127.0.0.1:1", key="k", on_trouble=said.append) as job: job.update(1)
until = time.monotonic() + 20
while threading.active_count() > 1 and time.monotonic() < until: time.sleep(0.01)
assert threading.active_count() == 1, threading.active_count()
assert sum("given up" in text for text in said) == 20, said
print("ended")
`;
  const running = await ground.start(program);
  assert.deepEqual(await endedWell(running), ['ended']);
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

test('signs of life come as often as the service asks, however often reports may', async () => {
  const { requests } = await ran(`
import time, headway
with headway.job("import", total=1, every=0) as job:
    job.update(1)
    job.flush()
    time.sleep(1)
print("id", job.id)
`);
  assert.ok(requests < 6, `${requests} requests`);
});

test('a job in two thousand pickles is one in each process: one thread, sums for requests', async () => {
  const { job, lines, requests } = await ran(`
import concurrent.futures, multiprocessing, os, threading, headway
headway.LAST_WORDS = 60

def count(job, n):
    job.update(n)
    return os.getpid(), threading.active_count()

if __name__ == "__main__":
    with headway.job("import", total=2_200) as job:
        for kind, rows in ("fork", 2_000), ("spawn", 100), ("forkserver", 100):
            with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context(kind)) as pool:
                told = [done.result() for done in [pool.submit(count, job, 1) for _ in range(rows)]]
            print(kind, max(threads for _, threads in told))
    print("id", job.id)
`);
  assert.deepEqual([job.status, job.processed_items], ['completed', 2_200]);
  // A worker's own thread, and ours.
  assert.deepEqual(lines.slice(0, 3), ['fork 2', 'spawn 2', 'forkserver 2']);
  assert.ok(requests < 100, `${requests} requests`);
});

test('two hundred loops under a job that is given leave no thread and no job behind, and have few names; what is said after a block is told', async () => {
  const { job } = await ran(
    `
import gc, os, re, signal, threading, time, headway

names, ask = set(), headway._ask
def noting(*asked):
    names.update(re.findall(rb'"reporter":"([^"]*)"', asked[4] or b""))
    return ask(*asked)
headway._ask = noting

def kept():
    return sum(isinstance(one, headway.Job) for one in gc.get_objects())

def alone():
    until = time.monotonic() + 10
    while threading.active_count() > 1 and time.monotonic() < until: time.sleep(0.01)
    return threading.active_count() == 1

for loop in range(200):
    for row in headway.track(range(3)): pass
assert alone(), threading.active_count()
assert kept() == 0, kept()
# A job knows a thousand reporters. A name is free again once its thread has ended, which the next loop may not see yet.
assert len(names) < 10, len(names)
with headway.job() as job:
    job.update(10)
assert alone()
# Of a job that has no thread a forked process has a name of its own too, and none of the locks that are held meanwhile.
held, free = threading.Event(), threading.Event()
def hold():
    with job._changed:
        held.set()
        free.wait()
threading.Thread(target=hold).start()
held.wait()
child = os.fork()
if child == 0: signal.alarm(20)
free.set()
job.update(100)
assert job.flush()
if child == 0: os._exit(0)
assert os.waitpid(child, 0)[1] == 0
job.update(1_000)
print("id", job.id)
`,
    await ground.given(),
  );
  assert.deepEqual([job.status, job.processed_items], ['in_progress', 600 + 10 + 2 * 100 + 1_000]);
});

test('a thread ends with the signs of life, and begins again with the next word', async () => {
  const { job } = await ran(`
import threading, time, headway
headway.QUIET = 0.2
with headway.job("import", total=3) as job:
    for row in range(3):
        time.sleep(0.3)
        job.flush()
        until = time.monotonic() + 10
        while threading.active_count() > 1 and time.monotonic() < until: time.sleep(0.01)
        assert threading.active_count() == 1
        job.update(1)
print("id", job.id)
`);
  assert.deepEqual([job.status, job.processed_items], ['completed', 3]);
});

test('what a process of a pool raises arrives as it was', async () => {
  const { job, lines } = await ran(`
import concurrent.futures, headway

def stop(job):
    raise headway.Cancelled({"reason": "obsolete", "requested_by": "me", "requested_at": None})

def look(job):
    headway.get("00000000-0000-8000-8000-000000000000")

if __name__ == "__main__":
    with headway.job("import") as job:
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            try: pool.submit(stop, job).result()
            except headway.Cancelled as error: print(error.reason, "|", error)
            try: pool.submit(look, job).result()
            except headway.HeadwayError as error: print(error.status, error.code, bool(error.request_id), error)
    print("id", job.id)
`);
  assert.equal(job.status, 'completed');
  assert.equal(lines[0], 'obsolete | cancelled by me: obsolete');
  assert.match(lines[1] ?? '', /^404 job_not_found True 404 job_not_found: /);
});

test('where a key is set beside a job that is given, other jobs are told of and read by the key', async () => {
  const other = await live.client.createJob({ total_items: 2 });
  const env = await ground.given();
  const { job, lines } = await ran(
    `
import os, headway
other = os.environ["OTHER"]
with headway.job("import") as job: job.update(1)
print("id", job.id)
with headway.job(job_id=other) as job: job.update(2)
print(headway.wait(other, timeout=10)["status"], headway.get(other)["processed_items"])
print(headway.get(os.environ["HEADWAY_JOB_ID"])["status"])
`,
    { ...env, OTHER: other },
  );
  assert.deepEqual([job.job_id, job.processed_items], [env.HEADWAY_JOB_ID, 1]);
  assert.deepEqual(lines.slice(1), ['completed 2', 'in_progress']);
});
