/** Texts that go on, from real programs through real pipes. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Workplace } from './commands.ts';
import { Live } from './live.ts';

const run = promisify(execFile);

let live: Live;
let place: Workplace;
before(async () => {
  live = await Live.start();
  place = await Workplace.make();
});
after(async () => {
  await live?.stop();
  await place?.leave();
});

/** A new job's address for its worker, and what the job shows. */
async function worker(fields: Record<string, unknown> = {}) {
  const { client } = live;
  const id = await client.createJob({ total_items: 0, ...fields });
  const { token } = (await client.post(`/api/jobs/${id}/tokens`, { scope: 'report' })).json;
  const job = async () => (await client.get(`/api/jobs/${id}`)).json;
  return { id, url: `${client.url}/r/${token}`, job };
}

async function shell(script: string, R: string): Promise<string> {
  const env = { ...process.env, R, PLACE: place.folder };
  const { stdout } = await run('sh', ['-c', script], { env, cwd: place.folder, maxBuffer: 1e8 });
  return stdout.trim();
}

/** Waits until the job shows what is looked for. */
async function until(
  job: () => Promise<Record<string, unknown>>,
  sees: (job: Record<string, unknown>) => boolean,
) {
  for (const end = Date.now() + 20_000; ; ) {
    const shown = await job();
    if (sees(shown)) return shown;
    assert.ok(Date.now() < end, JSON.stringify(shown));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a pipe is reported while its program writes, and ends by its last line', async () => {
  const { url, job } = await worker();
  const script = `{ for i in 1 2 3 4; do echo "$i/4 step $i"; sleep 0.7; done; echo "::exit 3"; } | curl -sS -T - "$R"`;
  const said = shell(script, url);
  const during = await until(job, ({ processed_items }) => Number(processed_items) > 0);
  assert.equal(during.status, 'in_progress');
  assert.equal(during.total_items, 4);
  assert.equal(await said, 'failed 100% (exit code 3)');
  const ended = await job();
  assert.equal(ended.error_message, 'exit code 3: 1/4 step 1\n2/4 step 2\n3/4 step 3\n4/4 step 4');
  assert.equal(ended.last_message, 'step 4');
});

test('many lines a second are few reports, and none of the last state is missing', async () => {
  const { url, job } = await worker();
  const began = Date.now();
  const lines = `awk 'BEGIN { for (i = 1; i <= 200000; i++) print i "/200000 line " i; print "::exit 0" }'`;
  assert.equal(
    await shell(`{ ${lines}; sleep 1.5; } | curl -sS -T - "$R"`, url),
    'completed 100% (200000 of 200000)',
  );
  const ended = await job();
  assert.deepEqual([ended.processed_items, ended.total_items, ended.status], [200_000, 200_000, 'completed']);
  assert.ok(Number(ended.revision) <= (Date.now() - began) / 1_000 + 4, String(ended.revision));
});

test('pv -n counts per cent', async () => {
  const { url, job } = await worker();
  const script = `head -c 3000000 /dev/zero | pv -n -i 0.2 -L 1000000 -s 3000000 2>&1 >/dev/null | curl -sS -T - "$R?unit=percent"`;
  assert.equal(await shell(script, url), 'in_progress 100% (100%)');
  const { processed_items, total_items } = await job();
  assert.deepEqual([processed_items, total_items], [100, 100]);
});

test('rsync --info=progress2 counts its overall figure', async () => {
  const { url, job } = await worker();
  await run(
    'sh',
    ['-c', 'mkdir -p from && for i in 1 2 3 4; do head -c 500000 /dev/urandom >from/$i; done'],
    {
      cwd: place.folder,
    },
  );
  const script = `rsync -a --info=progress2 --bwlimit=1000 from/ to/ 2>&1 | curl -sS -T - "$R"`;
  assert.equal(await shell(script, url), 'in_progress 100% (100%)');
  assert.equal((await job()).total_items, 100);
});

test('tqdm counts by its bar', async () => {
  const { url, job } = await worker();
  await writeFile(
    place.path('bar.py'),
    'import time, tqdm\nfor _ in tqdm.tqdm(range(40), desc="Prices"): time.sleep(0.05)\n',
  );
  assert.equal(
    await shell('/usr/bin/python3 bar.py 2>&1 | curl -sS -T - "$R"', url),
    'in_progress 100% (40 of 40)',
  );
  const { processed_items, total_items, last_message } = await job();
  assert.deepEqual([processed_items, total_items, last_message], [40, 40, 'Prices']);
});

test('a cancelled job’s program writes to its end, and the answer says what was dropped', async () => {
  const { id, url, job } = await worker();
  const script = `{ for i in 1 2 3 4 5 6; do echo "$i/6"; sleep 0.5; done; touch "$PLACE/cancelled-through"; } | curl -sS -T - "$R"`;
  const said = shell(script, url);
  await until(job, ({ processed_items }) => Number(processed_items) > 0);
  await live.client.post(`/api/jobs/${id}/cancel`);
  assert.match(await said, /^cancelled .*\(what came after that was read and dropped\)$/);
  await place.text('cancelled-through');
});

test('a connection that breaks ends nothing, unless a whole line said so', async () => {
  const [half, whole] = [await worker(), await worker()];
  for (const [{ url, job }, text] of [
    [half, '1/4\n::exit 1'],
    [whole, '1/4\n::exit 137\n'],
  ] as const) {
    const pipe = request(url, { method: 'PUT' });
    pipe.on('error', () => undefined);
    pipe.write(text);
    await until(job, ({ processed_items }) => processed_items === 1);
    pipe.destroy();
  }
  const ended = await until(whole.job, ({ status }) => status === 'failed');
  assert.equal(ended.error_message, 'exit code 137: 1/4');
  assert.equal((await half.job()).status, 'in_progress');
});

test('a service that is killed in the middle stops no program', async () => {
  const { url, job } = await worker();
  const script = `{ for i in 1 2 3 4 5 6 7 8; do echo "$i/8"; sleep 0.4; done; touch "$PLACE/killed-through"; } | { curl -sS -T - "$R" || true; cat >/dev/null; }`;
  const child = spawn('sh', ['-c', script], {
    env: { ...process.env, R: url, PLACE: place.folder },
    stdio: 'ignore',
  });
  const left = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  await until(job, ({ processed_items }) => Number(processed_items) > 0);
  await live.crash();
  assert.equal(await left, 0);
  await place.text('killed-through');
  assert.equal((await job()).status, 'in_progress');
});

test('each word of systemd’s $EXIT_STATUS and $SERVICE_RESULT ends its job, and says what was read', async () => {
  const results =
    'protocol timeout exit-code signal core-dump watchdog start-limit-hit resources oom-kill exec-condition';
  const read = [
    ...['success', '0'].map((word) => [word, 'completed']),
    ...['1', '255'].map((word) => [word, `failed (exit code ${word})`]),
    ...['TERM', 'KILL', 'ABRT', 'SEGV', 'RTMIN+1'].map((word) => [word, `failed (signal ${word})`]),
    ...results.split(' ').map((word) => [word, `failed (exit code "${word}")`]),
  ];
  const asked = read.map(async ([word = '']) => {
    const { url } = await worker();
    const said = await shell(`SERVICE_RESULT=${word}; curl -sS -X POST "$R/exit/$SERVICE_RESULT"`, url);
    return [word, said.replace('completed 100%', 'completed')];
  });
  assert.deepEqual(await Promise.all(asked), read);
});

test('curl --http1.0 creates, reports, waits, reads and says a line', async () => {
  const { url, apiKey } = live.client;
  const env = { ...process.env, URL: url, H: `Authorization: Bearer ${apiKey}` };
  const curl = async (line: string) => {
    const { stdout } = await run('sh', ['-c', `curl -sS --http1.0 -H "$H" ${line}`], { env });
    return JSON.parse(stdout);
  };
  const { job_id } = await curl(`-d '{"job_type":"import","total_items":4}' "$URL/api/jobs/"`);
  const told = await curl(`-d '{"processed_items":1,"message":"Größe"}' "$URL/api/jobs/${job_id}/progress"`);
  assert.deepEqual([told.applied, told.processed_items, told.last_message], [true, 1, 'Größe']);
  const waited = curl(`"$URL/api/jobs/${job_id}?wait=20&after=2"`);
  const { token } = await curl(`-d '{"scope":"report"}' "$URL/api/jobs/${job_id}/tokens"`);
  assert.equal(
    await shell('curl -sS --http1.0 "$R" -d "2/4 more"', `${url}/r/${token}`),
    'in_progress 50% (2 of 4)',
  );
  assert.equal((await waited).processed_items, 2);
  const head = await shell('curl -sS --http1.0 -I "$R"', `${url}/healthz`);
  assert.match(head, /^HTTP\/1\.[01] 200/);
  assert.equal(
    await shell('echo 3/4 | curl -sS --http1.0 --data-binary @- "$R/exit/3?warn=3,4"', `${url}/r/${token}`),
    'completed_with_warnings 100% (exit code 3)',
  );
  const lost = await curl(`"$URL/api/jobs/${job_id}/logs"`);
  assert.ok(lost.logs.length > 0);
});

test('texts of any size and systemd’s words end a job', async () => {
  const big = await worker();
  const script = `{ echo begin; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end; } | curl -sS --data-binary @- "$R/fail"`;
  assert.equal(await shell(script, big.url), 'failed');
  assert.match((await big.job()).error_message, /^begin\nx+…x+\nend$/);
  const ended = await worker();
  assert.equal(await shell('curl -sS -X POST "$R/exit/TERM"', ended.url), 'failed (signal TERM)');
});
