/** `python/headway.py` as the author of an import uses it: ends, cancels, refusals, the end of the process, reading. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT } from '../../dev/home.ts';
import type { Live } from './live.ts';
import { PythonGround } from './python-ground.ts';
import { endedWell, printed } from './python-program.ts';

let ground: PythonGround;
let live: Live;
before(async () => {
  ground = await PythonGround.make();
  ({ live } = ground);
});
after(() => ground?.leave());

const start = (text: string, env: Record<string, string> = {}) => ground.start(text, env, live.client.url);

/** What is said of a job whose process ended. */
const OPEN = 'The process ended before its job did';

/** The newest jobs, as the list shows them. */
async function jobs(): Promise<Record<string, unknown>[]> {
  return (await live.client.get('/api/jobs/?limit=100')).json.jobs;
}

/** Runs a program to its end; answers what it printed, and the job whose id is in its first line. */
async function ran(text: string, env: Record<string, string> = {}) {
  const lines = await endedWell(await start(text, env));
  return { lines, job: await live.client.job(lines[0] ?? '') };
}

test('it is one file for Python 3.9 that imports the standard library alone', async () => {
  const file = join(PROJECT, 'python', 'headway.py');
  const program = `
import ast, sys
tree = ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))
named = {name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
named |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
print(*sorted(named - sys.stdlib_module_names))
`;
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', program, file]);
  // The package tqdm is imported where somebody asks for a bar, and may be absent.
  assert.equal(stdout, 'tqdm\n');
});

test('a block ends its job: well, by an exception with its stack, by an exit code; a loop that is left has failed', async () => {
  const { lines } = await ran(`
import sys, headway
def load(row): raise ValueError(f"bad row {row}")
def tell(job): print(job.id)

with headway.job("import", total=2, name="Good", tags=["a"], metadata={"feed": "north"}) as job:
    for row in job.track([1, 2]): pass
    job.report(message="nearly there", metadata_patch={"deep": {"one": 1}})
    job.report(metadata_patch={"deep": {"two": 2}})
    job.complete(result={"rows": 2})
tell(job)
try:
    with headway.job("import", total=2) as job:
        for row in job.track([1, 2]): load(row)
except ValueError: tell(job)
try:
    with headway.job("import") as job: sys.exit(3)
except SystemExit: tell(job)
try:
    with headway.job("import") as job: sys.exit()
except SystemExit: tell(job)
with headway.job("import") as job:
    for row in job.track([1, 2]): break
tell(job)
for row in headway.track([1, 2, 3], name="Left"):
    if row == 2: break
job = headway.job("import")
job.flush()
tell(job)
`);
  const [good, bad, code, zero, left, open] = await Promise.all(lines.map((id) => live.client.job(id)));
  assert.deepEqual(
    [good.status, good.processed_items, good.name, good.tags, good.result, good.last_message],
    ['completed', 2, 'Good', ['a'], { rows: 2 }, 'nearly there'],
  );
  assert.deepEqual([good.metadata.feed, good.metadata.deep], ['north', { one: 1, two: 2 }]);
  assert.deepEqual([bad.status, bad.processed_items], ['failed', 0]);
  assert.match(bad.error_message, /^ValueError: bad row 1\n\nTraceback[\s\S]*, in load\n/);
  assert.deepEqual([code.status, code.error_message.split('\n')[0]], ['failed', 'SystemExit: 3']);
  assert.deepEqual([zero.status, left.status, left.processed_items], ['completed', 'completed', 0]);
  assert.deepEqual([open.status, open.error_message], ['failed', OPEN]);
  const loop = (await jobs()).find(({ name }) => name === 'Left');
  assert.deepEqual(
    [loop?.status, loop?.error_message, loop?.total_items, loop?.processed_items],
    ['failed', 'The loop was left before its end', 3, 1],
  );
});

test('a cancel is raised at the next step, through an except Exception, and the end of the block acknowledges it', async () => {
  const running = await start(`
import sys, time, headway
with headway.job("import", total=1_000, every=0.1) as job:
    job.flush()
    print("id", job.id)
    try:
        while True:
            try:
                time.sleep(0.01)
                job.update(1)
            except Exception as error:
                job.error(error)
    except headway.Cancelled as cancelled:
        print("reason", cancelled.reason)
        print("by", cancelled.requested_by == job.cancelled["requested_by"])
        raise
`);
  const id = await printed(running, 'id');
  await live.client.post(`/api/jobs/${id}/cancel`, { reason: 'obsolete' });
  assert.equal(await printed(running, 'reason'), 'obsolete');
  assert.equal(await printed(running, 'by'), 'True');
  assert.equal(await running.ended, 1);
  const { status, cancellation, errors } = await live.client.job(id);
  assert.deepEqual([status, cancellation.acknowledged_with], ['cancelled', 'failed']);
  assert.deepEqual(
    errors.map(({ message }: { message: string }) => /^Stopped: cancelled by .*: obsolete$/.test(message)),
    [true],
  );
});

test('a refusal costs the work nothing: a bad key, no settings, a report with what can’t be taken', async () => {
  const running = await start(`
import headway, os
troubles = []
with headway.job("import", key="hw_none", on_trouble=troubles.append) as job:
    for row in range(1_000): job.update(1)
print("id", job.id)
print("flushed", job.flush())
key = os.environ.pop("HEADWAY_API_KEY")
with headway.job("import", on_trouble=troubles.append) as job: job.update(1)
os.environ["HEADWAY_API_KEY"] = key
def unlucky(_): raise RuntimeError
with headway.job("import", total=3, on_trouble=troubles.append) as job:
    job.flush()
    job.update(2, failed=1)
    job.error("kept", entity_key="a", details={"of": object(), 1: {2}})
    job.report(metadata_patch={"large": "x" * 70_000})
    job.flush()
    circle = []
    circle.append(circle)
    job.complete(result=circle)
    job.update(1)
print("last", job.id)
class Deaf:
    def __str__(self): raise RuntimeError("no")
with headway.job("import", on_trouble=unlucky) as job:
    job.update("many")
    job.error(Deaf(), entity_key="b")
    job.stage("x" * 300)
print("deaf", job.id)
print(*troubles, sep="\\n")
`);
  assert.equal(await printed(running, 'id'), 'None');
  assert.equal(await printed(running, 'flushed'), 'False');
  const job = await live.client.job(await printed(running, 'last'));
  assert.deepEqual([job.status, job.processed_items, job.failed_items], ['partial_success', 2, 1]);
  const deaf = await live.client.job(await printed(running, 'deaf'));
  assert.deepEqual([deaf.status, deaf.errors_total, deaf.processed_items], ['partial_success', 1, 0]);
  const troubles = (await endedWell(running)).filter((line) => line.startsWith('Headway: '));
  assert.deepEqual(
    troubles.map((line) => line.replace(/(?<=metadata_too_large|unauthenticated): .*/, '')),
    [
      'Headway: nothing more is reported: 401 unauthenticated',
      'Headway: HEADWAY_URL and HEADWAY_API_KEY are not set, so nothing is reported',
      'Headway: a report was refused: 413 metadata_too_large',
      "Headway: something was not said: ValueError('Circular reference detected')",
    ],
  );
  assert.equal(running.stderr(), '');
});

test('telling loads no module: a process forked meanwhile would wait for ever for one half loaded', async () => {
  await ran(`
import sys, headway
before = set(sys.modules)
with headway.job("import", total=1) as job:
    job.update(1)
    job.log("told")
assert set(sys.modules) == before, set(sys.modules) - before
`);
});

test('get, wait and watch; a job that the environment gives is reported on and not ended', async () => {
  const { client } = live;
  const given = await client.createJob({ total_items: 0 });
  const { token } = (await client.post(`/api/jobs/${given}/tokens`, { scope: 'report' })).json;
  const { lines } = await ran(
    `
import os, threading, time, headway
given = os.environ["HEADWAY_JOB_ID"]
with headway.job("import", total=4) as job:
    job.update(3)
print(job.id)
assert job.id == given and headway.get(given)["processed_items"] == 3
url, key = os.environ.pop("HEADWAY_REPORT_URL"), os.environ["KEY"]
os.environ.update(HEADWAY_URL=os.environ["URL"], HEADWAY_API_KEY=key)
with headway.job(job_id=given) as job: job.update(1)
print(headway.wait(given)["status"], headway.get(given)["progress_percentage"])
try: headway.get("00000000-0000-8000-8000-000000000000")
except headway.HeadwayError as refusal: print(refusal.status, refusal.code, bool(refusal.request_id))
job = headway.job("import", total=3, every=0.01)
job.flush()
try: headway.wait(job.id, timeout=0.3)
except TimeoutError: print("not yet")
def work():
    for _ in range(3):
        time.sleep(0.3)
        job.update(1)
    job.complete()
threading.Thread(target=work).start()
states = [*headway.watch(job.id, timeout=60)]
assert [s["revision"] for s in states] == sorted({s["revision"] for s in states})
print(len(states) > 2, states[-1]["status"], states[-1]["processed_items"])
`,
    {
      ...{ HEADWAY_URL: '', HEADWAY_API_KEY: '', KEY: client.apiKey, URL: client.url },
      ...{ HEADWAY_REPORT_URL: `${client.url}/r/${token}`, HEADWAY_JOB_ID: given },
    },
  );
  assert.deepEqual(lines.slice(1), [
    'completed 100',
    '404 job_not_found True',
    'not yet',
    'True completed 3',
  ]);
});
