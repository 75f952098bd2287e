/** A cron line without a key, under dash: whatever becomes of the service, the backup runs to its end. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Workplace } from './commands.ts';
import { Live } from './live.ts';

const run = promisify(execFile);
/** The line as the page about hooks has it. */
const page = await readFile(new URL('../../docs/hooks.md', import.meta.url), 'utf8');
const [line = ''] = page.split('\n').filter((text) => text.startsWith('R=$(curl'));

let live: Live;
let place: Workplace;
let hook: string;
before(async () => {
  live = await Live.start(undefined, { permissions: ['job:create', 'job:read', 'webhook:manage'] });
  place = await Workplace.make();
  const mapping = {
    ...{ action: 'create', set: { job_type: 'backup', total_items: 0 }, answer: 'line' },
  };
  const body = { name: 'nightly', verification: { scheme: 'token' }, mapping };
  hook = new URL((await live.client.post('/api/hooks', body)).json.url).pathname;
});
after(async () => {
  await live?.stop();
  await place?.leave();
});

/** Runs the line with a backup of this script, as cron does, and answers whether the backup came to its end. */
async function nightly(backup: string, url: string): Promise<boolean> {
  const end = place.path('end');
  await rm(end, { force: true });
  const script = `backup() { ${backup}; echo end > "$END"; return "\${CODE:-0}"; }\n${line}`;
  const env = { ...process.env, HOOK: url, END: end };
  await run('dash', ['-c', script], { env, cwd: place.folder }).catch(() => undefined);
  return (await readFile(end, 'utf8').catch(() => '')) === 'end\n';
}

async function newest() {
  const [job] = (await live.client.get('/api/jobs/?limit=1')).json.jobs;
  return job === undefined ? undefined : (await live.client.get(`/api/jobs/${job.job_id}`)).json;
}

test('a backup that fails is a failed job, with what it said', async () => {
  assert.ok(line.includes('"::exit $?"'), line);
  assert.ok(await nightly('echo 1/2 copying; echo disk full >&2; CODE=3', live.client.url + hook));
  const job = await newest();
  assert.deepEqual([job?.status, job?.job_type], ['failed', 'backup']);
  assert.match(String(job?.error_message), /^exit code 3: .*disk full/s);
});

test('one that is done is a completed job', async () => {
  assert.ok(await nightly('echo 2/2 copied', live.client.url + hook));
  assert.equal((await newest())?.status, 'completed');
});

test('with the service away, or the hook gone, the backup runs all the same', async () => {
  const before = (await newest())?.job_id;
  assert.ok(await nightly('echo copying; CODE=3', 'http://127.0.0.1:9/hooks/a/b/c'));
  assert.ok(await nightly('echo copying; CODE=3', `${live.client.url}${hook.slice(0, -1)}z`));
  assert.equal((await newest())?.job_id, before);
});

test('with the service killed in the middle, the backup runs to its end', async () => {
  const backup = 'i=0; while [ $i -lt 30 ]; do echo "$i/30 copying"; sleep 0.1; i=$((i + 1)); done; CODE=3';
  const night = nightly(backup, live.client.url + hook);
  for (const end = Date.now() + 20_000; (await newest())?.status !== 'in_progress'; ) {
    assert.ok(Date.now() < end, 'the job never began');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await live.crash();
  assert.ok(await night);
});
