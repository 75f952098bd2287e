/**
 * What a Python program says is counted once and exactly: over a bad wire, with the service killed, from threads and from
 * forked processes, and by bars. HEADWAY_WHOLE=1 runs it at full length.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FaultyProxy } from './faulty-proxy.ts';
import type { Live } from './live.ts';
import { PythonGround } from './python-ground.ts';
import { endedWell, loggedOf, printed } from './python-program.ts';

const WHOLE = process.env.HEADWAY_WHOLE === '1';
const [UPDATES, KILLS] = WHOLE ? [20_000, 5] : [3_000, 1];
/** One request in so many is hurt. A short run makes few requests, and each kind of fault has its turn. */
const HURT = WHOLE ? 10 : 4;

let ground: PythonGround;
let live: Live;
let proxy: FaultyProxy;
before(async () => {
  ground = await PythonGround.make(HURT);
  ({ live, proxy } = ground);
});
after(() => ground?.leave());

test(`${UPDATES} updates, one request in ${HURT} hurt, the service killed ${KILLS} times: nothing is lost or doubled`, async () => {
  const running = await ground.start(
    `
import os, time, headway
headway.PATIENCE, headway._pause = 300, lambda *_: 0.02
updates, kills = int(os.environ["UPDATES"]), int(os.environ["KILLS"])
with headway.job("import", total=updates, name="Hurt", every=0) as job:
    for row in range(updates):
        time.sleep(0.0005)
        if row % 100 == 7: job.error("no such price", entity_key=row)
        if row % 100 == 8: job.warn("an old price", entity_key=row)
        if row % 10 == 3: job.log(f"row {row}")
        if row % 1_000 == 0: job.stage(f"thousand {row // 1_000}")
        if row % (updates // (kills + 1)) == 1 and row > 1: print("kill", row // (updates // (kills + 1)))
        job.update(1)
print("id", job.id)
`,
    { UPDATES: String(UPDATES), KILLS: String(KILLS) },
  );
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await running.says(new RegExp(`^kill ${kill}$`, 'm'));
    await live.crash();
  }
  const id = await printed(running, 'id');
  await endedWell(running);
  const job = await live.client.job(id);
  assert.equal(job.status, 'partial_success');
  const { processed_items, failed_items, warned_items, errors_total, warnings_total, stage } = job;
  const hundredth = UPDATES / 100;
  assert.deepEqual(
    { processed_items, failed_items, warned_items, errors_total, warnings_total, stage },
    {
      ...{ processed_items: UPDATES, failed_items: hundredth, warned_items: hundredth },
      ...{ errors_total: hundredth, warnings_total: hundredth },
      stage: `thousand ${Math.ceil(UPDATES / 1_000) - 1}`,
    },
  );
  const rows = Array.from({ length: UPDATES / 10 }, (_, n) => `row ${n * 10 + 3}`);
  assert.deepEqual(await loggedOf(live.client, id), rows);
  const { jobs } = (await live.client.get('/api/jobs/')).json;
  assert.equal(jobs.filter(({ name }: { name: string }) => name === 'Hurt').length, 1);
  // The slower the machine, the more of it goes in one request.
  assert.ok(proxy.requests > 20, `${proxy.requests} requests`);
  for (const [fault, times] of Object.entries(proxy.met)) assert.ok(times > 0, fault);
});

test('threads, forked processes and processes with the job in a pickle count together, and its maker ends it', async () => {
  const running = await ground.start(`
import concurrent.futures, multiprocessing, os, threading, headway
# A process waits two seconds for its last words, within which each of three tries may be hurt here.
headway.PATIENCE = headway.LAST_WORDS = 60

def count(job, n):
    for _ in range(n): job.update(1)

def counted(row):
    job.update(1)

if __name__ == "__main__":
    with headway.job("import", total=1) as job:
        job.log("before")
        threads = [threading.Thread(target=count, args=(job, 250)) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        child = os.fork()
        if child == 0:
            with job:
                count(job, 100)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        fork = multiprocessing.get_context("fork")
        children = [fork.Process(target=count, args=(job, 50)) for _ in range(4)]
        for child in children: child.start()
        for child in children: child.join()
        with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
            for done in [pool.submit(count, job, 10) for _ in range(4)]: done.result()
        assert job.flush(60)
        # A look that is hurt is made again.
        assert next(headway.watch(job.id))["status"] == "in_progress"
    print("id", job.id)
`);
  const id = await printed(running, 'id');
  await endedWell(running);
  const { status, processed_items } = await live.client.job(id);
  assert.deepEqual([status, processed_items], ['completed', 8 * 250 + 100 + 4 * 50 + 4 * 10]);
  assert.deepEqual(await loggedOf(live.client, id), ['before']);
});

const BARS = `
import io, sys
def bars(tqdm, trange):
    out, told = io.StringIO(), []
    told.append([row for row in tqdm(["a", "b"], "Rows", file=out)])
    with tqdm(desc="Bytes", total=10, unit="B", unit_scale=True, leave=False, file=out, initial=2, ncols=60) as bar:
        bar.set_description("More")
        bar.set_postfix({"loss": 0.5}, lr=1)
        for _ in range(4): bar.update(2)
        tqdm.write("said", file=out)
        told.append([bar.n, bar.total, len(bar), bar.disable, bool(bar)])
        bar.refresh()
    told.append([(outer, inner) for outer in trange(2, desc="Outer", file=out) for inner in tqdm(range(2), "Inner", file=out)])
    bar = tqdm(total=3, desc="Dropped", file=out)
    bar.update()
    del bar
    off = tqdm([1, 2, 3], "Off", disable=True)
    told.append([[*off], off.n, off.total])
    for row in tqdm(range(3), desc="Left", file=out):
        if row == 1: break
    try:
        with tqdm(range(3), desc="Raised", file=out) as bar:
            for row in bar: raise KeyError("gone")
    except KeyError as error: told.append(str(error))
    bar = tqdm(total=2, desc="Reset", file=out)
    bar.update(2)
    bar.reset(total=4)
    bar.update(3)
    told.append([bar.n, bar.total])
    bar.close()
    bar.close()
    with tqdm(total=10, desc="Back", file=out) as bar:
        for n in 8, -8, -2, 9.5, 3.5, -1: bar.update(n)
        told.append(bar.n)
    with tqdm(total=float("inf"), desc="Endless", file=out) as bar:
        bar.update()
        told.append(bar.total)
    return told, out.getvalue()
`;

test('tqdm: programs run as with the package, with it and without it; the outermost bar is a job', async () => {
  const running = await ground.start(`${BARS}
import tqdm, headway
real = bars(tqdm.tqdm, tqdm.trange)
told, drawn = bars(headway.tqdm, headway.trange)
assert told == real[0], (told, real[0])
assert drawn.count("100%") == real[1].count("100%") and "said" in drawn, drawn
sys.modules["tqdm"] = None
del headway.tqdm, headway.trange
assert headway.tqdm(total=1, disable=True).refresh() is None
bare, drawn = bars(headway.tqdm, headway.trange)
assert bare == real[0], (bare, real[0])
assert drawn == "said\\n"
bar = headway.tqdm(total=2, desc="Unclosed")
bar.update(2)
`);
  await endedWell(running);
  const { jobs } = (await live.client.get('/api/jobs/?limit=100')).json;
  const made: Record<string, string>[] = jobs.filter(
    ({ job_type }: Record<string, string>) => job_type === 'loop',
  );
  const of = (name: string) =>
    made
      .filter((job) => job.name === name)
      .map((job) => [
        job.status,
        job.processed_items,
        job.total_items,
        job.error_message?.split('\n')[0] ?? null,
      ]);
  const twice = (...row: unknown[]) => [row, row];
  assert.deepEqual(of('Rows'), twice('completed', 2, 2, null));
  assert.deepEqual(of('Bytes'), twice('completed', 10, 10, null));
  assert.deepEqual(of('Outer'), twice('completed', 2, 2, null));
  assert.deepEqual(of('Inner'), []);
  assert.deepEqual(of('Off'), []);
  assert.deepEqual(of('Dropped'), twice('failed', 1, 3, 'RuntimeError: The bar was left at 1 of 3'));
  assert.deepEqual(of('Left'), twice('failed', 1, 3, 'The loop was left before its end'));
  assert.deepEqual(of('Raised'), twice('failed', 0, 3, "KeyError: 'gone'"));
  assert.deepEqual(of('Reset'), twice('completed', 3, 4, null));
  assert.deepEqual(of('Back'), twice('completed', 10, 10, null));
  assert.deepEqual(of('Endless'), twice('completed', 1, 0, null));
  assert.deepEqual(of('Unclosed'), [['completed', 2, 2, null]]);
  const bytes = made.find(({ name }) => name === 'Bytes');
  const { metadata } = await live.client.job(bytes?.job_id ?? '');
  assert.deepEqual(metadata.postfix, { loss: 0.5, lr: 1 });
});
