/** What is wrong in one thing that a Python program says, or in what opens the service to it, costs nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PythonGround } from './python-ground.ts';
import { endedWell, printed } from './python-program.ts';

let ground: PythonGround;
before(async () => {
  ground = await PythonGround.make();
});
after(() => ground?.leave());

/** Runs a program to its end; answers what it printed but `id`, and the job that it names by that. */
async function ran(text: string, env: Record<string, string> = {}) {
  const running = await ground.start(text, env);
  const id = await printed(running, 'id');
  const lines = await endedWell(running);
  const job = id === 'None' ? null : await ground.live.client.job(id);
  return { lines: lines.filter((line) => !line.startsWith('id ')), stderr: running.stderr(), job };
}

const COUNT = `
import headway, os
with headway.job("import", total=1) as job: job.update(1)
print("id", job.id)
`;

test('the ends of lines around an address, a key, an id and a report address are none of theirs', async () => {
  const HEADWAY_API_KEY = `${ground.live.client.apiKey}\n`;
  const keyed = await ran(COUNT, { HEADWAY_API_KEY, HEADWAY_URL: ` ${ground.proxy.url}/\r\n` });
  assert.deepEqual([keyed.job.status, keyed.stderr], ['completed', '']);
  const handed = await ran(COUNT.replace('total=1', 'total=1, key=os.environ["KEY"]'), {
    KEY: HEADWAY_API_KEY,
  });
  assert.deepEqual([handed.job.status, handed.stderr], ['completed', '']);
  const { HEADWAY_JOB_ID, HEADWAY_REPORT_URL } = await ground.given();
  const given = { HEADWAY_JOB_ID: `${HEADWAY_JOB_ID}\n`, HEADWAY_REPORT_URL: `${HEADWAY_REPORT_URL}\n` };
  const told = await ran(COUNT, { ...given, HEADWAY_URL: '', HEADWAY_API_KEY: '' });
  assert.deepEqual([told.job.job_id, told.job.processed_items, told.stderr], [HEADWAY_JOB_ID, 1, '']);
});

test('what can’t be a key or an address is told at once, and never shown', async () => {
  const ends: [env: Record<string, string>, why: string][] = [
    [{ HEADWAY_API_KEY: 'hw_SECRET\nhw_SECRET' }, 'the key holds a character that no key has'],
    [{ HEADWAY_API_KEY: 'hw_SECRET…' }, 'the key holds a character that no key has'],
    [{ HEADWAY_URL: 'hw_SECRET' }, 'the address is none of http:// or https:// with a host'],
    [{ HEADWAY_URL: 'http://me:SECRET@host' }, 'the address is none of http:// or https:// with a host'],
    [{ HEADWAY_URL: '' }, 'HEADWAY_URL and HEADWAY_API_KEY are not set'],
  ];
  const each = ends.map(async ([env, why]) => {
    const { job, lines, stderr } = await ran(
      `${COUNT}
for ask in headway.get, headway.wait, lambda *asked, **where: next(headway.watch(*asked, **where)):
    try: ask("00000000-0000-8000-8000-000000000000", timeout=3)
    except headway.HeadwayError as refusal: print(refusal)
`,
      env,
    );
    assert.deepEqual([job, stderr], [null, `Headway: ${why}, so nothing is reported\n`]);
    assert.deepEqual(lines, Array(3).fill(`0 unauthenticated: ${why}`));
  });
  await Promise.all(each);
});

test('a request that can’t be made doesn’t show its credential', async () => {
  const { lines } = await ran(`
import headway, os
print("id", None)
print(headway._ask("GET", os.environ["HEADWAY_URL"], "hw_SECRET\\n", 1)[1]["detail"])
`);
  assert.deepEqual(lines, ['ValueError']);
});

test('beside fields that no report has and counts that are none, what counts is counted', async () => {
  const { job, lines } = await ran(`
import fractions, headway
class Five:
    def __int__(self): return 5
troubles = []
with headway.job("import", total=-1, on_trouble=troubles.append) as job:
    job.flush()
    for row in range(1_000): job.update(1, failed=1)
    job.report(rows_failed=3, skipped_items=4, total_items=1000.5)
    job.flush()
    job.update(1)
    job.report(processed_items=None, total_items="many", mark_completed="perhaps", message="kept")
    job.flush()
    job.report(warned_items=Five(), failed_items=fractions.Fraction(9, 2), message="kept", mark_completed=False)
    job.flush()
    job.update(7, warned="many")
    job.report(warned_items=-1)
print("id", job.id)
print(*troubles, sep="\\n")
`);
  const { status, total_items, processed_items, failed_items, warned_items, last_message } = job;
  assert.deepEqual(
    [status, total_items, processed_items, failed_items, warned_items, last_message],
    ['partial_success', 1_000, 1_008, 4, 0, 'kept'],
  );
  assert.deepEqual(
    lines.map((line) => line.replace(/(?<=validation_failed): .*/, '')),
    [
      'Headway: a report was refused: 422 validation_failed',
      `Headway: something was not said: ValueError("invalid literal for int() with base 10: 'many'")`,
      'Headway: a report was refused: 422 validation_failed',
      `Headway: something was not said: ValueError("invalid literal for int() with base 10: 'many'")`,
    ],
  );
});

test('counts that are refused by themselves too are told as lost', async () => {
  const { job, lines } = await ran(`
import headway
troubles = []
with headway.job("import", on_trouble=troubles.append) as job:
    job.update(2**60)
    job.flush()
    job.update(1)
    job.flush()
print("id", job.id)
print(*troubles, sep="\\n")
`);
  assert.deepEqual([job.status, job.processed_items], ['completed', 2 ** 53 - 1]);
  assert.deepEqual(
    lines.map((line) => line.replace(/(?<=validation_failed): .*/, '')),
    [
      'Headway: a report was refused: 422 validation_failed',
      'Headway: its counts alone were refused: 422 validation_failed',
    ],
  );
});

test('patches of metadata said one after the other do what they would one by one', async () => {
  const { job, lines } = await ran(`
import headway
before = {"a": {"x": 1}, "b": {"c": {"x": 1}, "d": 1}, "e": {"x": 1}, "f": {"x": 1}, "g": {"x": {"y": 1}}}
patches = [
    {"a": None, "b": {"c": 1}, "f": {"y": 2}, "g": None},
    {"a": {"c": 2, "d": None}, "b": {"c": {"y": {"z": 2}}}, "e": None, "f": {"z": 3}, "g": {"x": None}},
    {"a": {"e": 3}, "b": {"c": {"y": 4}}, "e": {"y": 2}, "g": {"x": {"z": 3}}},
    {"b": {"c": {"y": {"w": 5}}}, "e": None},
]
jobs = []
for together in True, False:
    with headway.job("import", metadata=before, every=60) as job:
        assert job.flush()
        for patch in patches:
            job.report(metadata_patch=patch)
            assert together or job.flush()
        job.update(1)
        job.complete(result="done")
    jobs.append(headway.get(job.id))
print("id", job.id)
print(jobs[0]["metadata"] == jobs[1]["metadata"], jobs[0]["status"], jobs[0]["result"], jobs[0]["processed_items"])
`);
  assert.deepEqual(lines, ['True completed done 1']);
  const { a, b, e, f, g } = job.metadata;
  assert.deepEqual(
    [a, b],
    [
      { c: 2, e: 3 },
      { c: { y: { w: 5 } }, d: 1 },
    ],
  );
  assert.deepEqual([e, f, g], [undefined, { x: 1, y: 2, z: 3 }, { x: { z: 3 } }]);
});
