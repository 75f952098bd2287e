import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, cp, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PROJECT } from '../../dev/home.ts';
import { type Running, Workplace } from './commands.ts';

let place: Workplace;
let running: Running;
let jobId: string;

before(async () => {
  place = await Workplace.make();
  running = await place.greeted();
});

after(() => place.leave());

async function again(args: string[] = ['--no-build']): Promise<void> {
  running.child.kill('SIGINT');
  assert.equal(await running.ended, 0);
  running = await place.greeted(args);
}

async function readJob(): Promise<{ status: number; body: Record<string, unknown> }> {
  const { url, api_key } = await place.access();
  const headers = { Authorization: `Bearer ${api_key}` };
  const response = await fetch(`${url}/api/jobs/${jobId}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function untilGone(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const there = await fetch(`${url}/healthz`).catch(() => null);
    if (!there) return;
    await sleep(100);
  }
  assert.fail(`${url} still answers`);
}

test('its files are for their owner alone', async () => {
  assert.equal(await place.mode('.dev.vars'), '600');
  assert.equal(await place.mode('.headway', 'dev.json'), '600');
  assert.equal(await place.mode('.headway', 'service.log'), '600');
  assert.equal(await place.mode('.headway'), '700');
  const { url, organization_id, admin_token } = await place.access();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(organization_id, 'demo');
  assert.ok((await place.text('.dev.vars')).includes(`ADMIN_TOKEN="${admin_token}"`));
});

test('the printed lines work when pasted', async () => {
  const lines = running
    .stdout()
    .split('\n')
    .filter((line) => line.includes('curl') && !line.includes('headway.mjs'));
  assert.equal(lines.length, 3);
  const pasted = `${lines.join('\n')}\necho "$JOB"\n`;
  const env = { ...process.env, NO_PROXY: '*', no_proxy: '*' };
  const { stdout } = await promisify(execFile)('sh', ['-c', pasted], { env });
  const [reported, read, id, ...rest] = stdout.split('\n');
  assert.deepEqual(rest, ['']);
  const job = JSON.parse(read ?? '');
  assert.equal(job.job_id, id);
  assert.equal(job.status, 'in_progress');
  assert.equal(job.processed_items, 4);
  assert.equal(job.progress_percentage, 40);
  assert.equal(JSON.parse(reported ?? '').job_id, id);
  jobId = job.job_id;
});

test('three printed lines show a bar of one’s own script', async () => {
  const lines = running
    .stdout()
    .split('\n')
    .filter((line) => line.includes('headway.mjs') || line.startsWith('export HEADWAY_URL'));
  assert.equal(lines.length, 3);
  await writeFile(place.path('import.sh'), 'for n in 1 2 3 4; do echo "$n/4"; sleep 0.3; done\n');
  const env = { ...process.env, NO_PROXY: '*', no_proxy: '*' };
  const pasted = ['-q', '-e', '-c', `stty cols 80 rows 24; ${lines.join('; ')}; wait`, '/dev/null'];
  const { stdout } = await promisify(execFile)('script', pasted, {
    cwd: place.folder,
    env: { ...env, SHELL: '/bin/bash' },
  });
  assert.match(stdout, /sh import\.sh.*4\/4.*completed/);
  assert.equal(await place.text('import.log'), '1/4\n2/4\n3/4\n4/4\n');
});

test('log lines go to a file, not to the terminal', async () => {
  const lines = (await place.text('.headway', 'service.log')).trim().split('\n');
  assert.ok(lines.some((line) => line.includes('/progress')));
  assert.ok(!running.stdout().includes('"request_id"'));
});

test('a second start on the same folder is refused while the first runs', async () => {
  const second = place.start('start', ['--no-build']);
  assert.equal(await second.ended, 1);
  assert.match(second.stderr(), /in use by the service at http:\/\/127\.0\.0\.1:/);
  const reset = place.start('start', ['--no-build', '--reset']);
  assert.equal(await reset.ended, 1);
  assert.equal((await readJob()).status, 200);
});

test('a taken port is told', async () => {
  const other = await Workplace.make();
  try {
    await cp(place.path('dist'), other.path('dist'), { recursive: true });
    const { port } = new URL((await place.access()).url);
    const start = other.start('start', ['--no-build'], { PORT: port });
    assert.equal(await start.ended, 1);
    assert.equal(start.stderr(), `Port ${port} of 127.0.0.1 is taken; name another one in PORT.\n`);
    const wrong = other.start('start', [], { PORT: 'eighty' });
    assert.equal(await wrong.ended, 1);
    assert.match(wrong.stderr(), /^PORT is "eighty"/);
  } finally {
    await other.leave();
  }
});

test('a restart keeps secrets, key and job, and writes down the new address', async () => {
  const [vars, access, job] = [await place.text('.dev.vars'), await place.access(), await readJob()];
  assert.equal(job.status, 200);
  await again();
  assert.equal(await place.text('.dev.vars'), vars);
  const { url, ...rest } = await place.access();
  assert.deepEqual({ url: access.url, ...rest }, access);
  assert.ok(running.stdout().includes(url));
  assert.deepEqual(await readJob(), job);
});

test('a key that no longer works is made again, and the file closed again', async () => {
  const access = await place.access();
  await writeFile(
    place.path('.headway', 'dev.json'),
    JSON.stringify({ ...access, api_key: 'hw_demo_wrong' }),
  );
  await chmod(place.path('.headway', 'dev.json'), 0o644);
  await again();
  assert.notEqual((await place.access()).api_key, access.api_key);
  assert.equal(await place.mode('.headway', 'dev.json'), '600');
  assert.equal((await readJob()).status, 200);
});

test('a secret that .dev.vars lacks is added to it', async () => {
  const vars = await place.text('.dev.vars');
  const kept = vars
    .split('\n')
    .filter((line) => line.startsWith('ROOT_SECRET'))
    .join('\n');
  await writeFile(place.path('.dev.vars'), kept);
  await again();
  assert.match(
    await place.text('.dev.vars'),
    /^ROOT_SECRET="[\w-]{43}"\nADMIN_TOKEN="[\w-]{43}"\nALLOW_PRIVATE_WEBHOOKS="1"\n$/,
  );
  assert.ok((await place.text('.dev.vars')).startsWith(kept));
  assert.equal((await readJob()).status, 200);
});

test('--reset begins anew', async () => {
  const [vars, access] = [await place.text('.dev.vars'), await place.access()];
  await again(['--no-build', '--reset']);
  assert.notEqual(await place.text('.dev.vars'), vars);
  assert.notEqual((await place.access()).api_key, access.api_key);
  assert.equal((await readJob()).status, 404);
});

test('SIGTERM ends it and the service', async () => {
  const { url } = await place.access();
  running.child.kill('SIGTERM');
  assert.equal(await running.ended, 0);
  await assert.rejects(fetch(`${url}/healthz`));
});

test('an end of npm ends the command and the service', async () => {
  const npm = spawn('npm', ['start', '--silent', '--', '--no-build'], {
    cwd: PROJECT,
    env: { ...process.env, HEADWAY_HOME: place.folder, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  for await (const text of npm.stdout.setEncoding('utf8')) {
    output += text;
    if (output.includes('Create a job')) break;
  }
  const { url } = await place.access();
  assert.ok(output.includes(url));
  npm.kill('SIGTERM');
  await untilGone(url);
});

test('an end of the service by itself is an end of the command, and no success', async () => {
  running = await place.greeted(['--no-build']);
  const { pid } = JSON.parse(await place.text('.headway', 'data', 'claim.json'));
  process.kill(pid, 'SIGKILL');
  assert.equal(await running.ended, 1);
  assert.match(running.stderr(), /ended by itself \(SIGKILL\)/);
});

test('a variable of .dev.vars that the service would not work with is told with that file', async () => {
  await writeFile(place.path('.dev.vars'), `${await place.text('.dev.vars')}INDEX_SHARDS="99"\n`);
  const refused = place.start('start', ['--no-build']);
  assert.equal(await refused.ended, 1);
  assert.match(refused.stderr(), /^INDEX_SHARDS must be .* 1 to 64; it is read from \.dev\.vars\.\n$/);
});
