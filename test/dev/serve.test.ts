import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildDist } from '../../dev/build/build-dist.ts';
import { PROJECT } from '../../dev/home.ts';
import { pauseAfter } from '../../dev/serve/supervise.ts';
import { SECRETS, VARIABLES } from '../../dev/service/variables.ts';
import { type Running, Workplace } from './commands.ts';

const ROOT_SECRET = `root-${'r'.repeat(40)}`;
const ADMIN_TOKEN = `admin-${'a'.repeat(40)}`;
const OTHER_ROOT = `other-${'o'.repeat(40)}`;
const secrets = { ROOT_SECRET, ADMIN_TOKEN };

let place: Workplace;

before(async () => {
  place = await Workplace.make();
  await buildDist(place.path('dist'));
});

after(() => place.leave());

async function serve(env: Record<string, string>): Promise<{ running: Running; url: string }> {
  const running = place.start('serve', ['--no-build'], env);
  await running.says(/Headway is at http/);
  return { running, url: /http:\/\/[\d.:]+/.exec(running.stderr())?.[0] ?? '' };
}

async function end(running: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  running.child.kill(signal);
  assert.equal(await running.ended, 0);
}

/** What the command says where it refuses to start: one line. */
async function refusal(env: Record<string, string>): Promise<string> {
  const running = place.start('serve', ['--no-build'], env);
  assert.equal(await running.ended, 1);
  assert.match(running.stderr(), /^[^\n]+\n$/);
  assert.equal(running.stdout(), '');
  return running.stderr();
}

function operator(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' };
  return fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function makeOrganization(url: string, organization_id: string): Promise<void> {
  assert.equal((await operator(url, 'POST', '/admin/orgs', { organization_id, name: 'Kept' })).status, 201);
}

async function claimedPid(dataDir: string): Promise<number> {
  return JSON.parse(await place.text(dataDir, 'claim.json')).pid;
}

test('a missing or short secret is one sentence that names it', async () => {
  assert.match(await refusal({}), /^ADMIN_TOKEN is missing or shorter than 32 characters; .*environment/);
  assert.match(await refusal({ ADMIN_TOKEN }), /^ROOT_SECRET is missing or shorter than 32 characters/);
  assert.match(await refusal({ ...secrets, ROOT_SECRET: 'short' }), /^ROOT_SECRET is missing or shorter/);
  assert.match(await refusal({ ...secrets, ADMIN_TOKEN: 'short' }), /^ADMIN_TOKEN is missing or shorter/);
  const odd = await refusal({ ...secrets, ADMIN_TOKEN: 'correct-horse!battery@staple#0123456789' });
  assert.match(odd, /^ADMIN_TOKEN may hold only letters, digits and .*environment/);
  const twice = `1:${ROOT_SECRET},1:${OTHER_ROOT}`;
  assert.match(await refusal({ ...secrets, ROOT_SECRET: twice }), /^ROOT_SECRET names a generation twice/);
});

test('.dev.vars is never looked at', async () => {
  await writeFile(place.path('.dev.vars'), `ROOT_SECRET="${ROOT_SECRET}"\nADMIN_TOKEN="${ADMIN_TOKEN}"\n`);
  assert.match(await refusal({}), /^ADMIN_TOKEN is missing/);
});

test('a variable that the service would not work with, an address and a port are one sentence too', async () => {
  assert.match(await refusal({ ...secrets, INDEX_SHARDS: '65' }), /^INDEX_SHARDS must be .* 1 to 64; /);
  assert.match(await refusal({ ...secrets, WEBHOOK_TIMEOUT_MS: '15s' }), /^WEBHOOK_TIMEOUT_MS must be /);
  assert.match(
    await refusal({ ...secrets, HOST: 'localhost' }),
    /^HOST is "localhost"; it takes an IP address/,
  );
  const elsewhere = place.start('serve', ['--no-build'], { ...secrets, HOST: '192.0.2.1' });
  assert.equal(await elsewhere.ended, 1);
  assert.match(elsewhere.stderr(), /^192\.0\.2\.1 is no address of this machine.*$/m);
  assert.match(await refusal({ ...secrets, PORT: 'eighty' }), /^PORT is "eighty"/);
});

test('every variable of the service is read from the environment, and documented', async () => {
  const declared = new Set<string>();
  for (const name of await readdir(join(PROJECT, 'src'), { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const source = await readFile(join(PROJECT, 'src', name), 'utf8');
    for (const [, variable = ''] of source.matchAll(/^ {2}([A-Z][A-Z_]+)\??: string;$/gm))
      declared.add(variable);
  }
  declared.delete('ALLOW_PRIVATE_WEBHOOKS');
  assert.ok(declared.size > 8);
  for (const name of declared)
    assert.ok(
      [...SECRETS, ...VARIABLES].some((known) => known === name),
      name,
    );
  const documented = await readFile(join(PROJECT, 'docs', 'self-host.md'), 'utf8');
  for (const name of [...SECRETS, ...VARIABLES, 'PORT', 'HOST', 'DATA_DIR']) {
    assert.ok(documented.includes(`| \`${name}\` |`), name);
  }
});

test('it takes secrets and variables from the environment, keeps data in DATA_DIR and logs JSON to stdout', async () => {
  const env = { ...secrets, DATA_DIR: place.path('served'), LOG_SAMPLE: '1' };
  const first = await serve(env);
  await makeOrganization(first.url, 'kept');
  await end(first.running);
  const logged = first.running
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const made = logged.find(({ route }) => route === '/admin/orgs');
  assert.equal(made.status, 201);
  assert.ok(Math.abs(Date.parse(made.time) - Date.now()) < 60_000);

  const second = await serve(env);
  assert.match(await (await operator(second.url, 'GET', '/admin/orgs')).text(), /"kept"/);
  await end(second.running, 'SIGINT');
});

test('WEBHOOK_HOSTS lets webhooks into the hosts that it names', async () => {
  const env = { ...secrets, DATA_DIR: place.path('hosts'), WEBHOOK_HOSTS: 'chat.lan' };
  const { running, url } = await serve(env);
  await makeOrganization(url, 'home');
  const permissions = ['webhook:manage', 'job:read'];
  const made = await operator(url, 'POST', '/admin/orgs/home/keys', { name: 'k', permissions });
  const { api_key } = (await made.json()) as { api_key: string };
  const endpoint = async (host: string): Promise<number> => {
    const headers = { Authorization: `Bearer ${api_key}`, 'Content-Type': 'application/json' };
    // Disabled, it is sent nothing: the name is asked of nobody.
    const body = JSON.stringify({ url: `http://${host}/`, enabled: false });
    return (await fetch(`${url}/api/webhooks`, { method: 'POST', headers, body })).status;
  };
  assert.deepEqual([await endpoint('chat.lan'), await endpoint('other.lan')], [201, 422]);
  await end(running);
});

test('HOST is where it listens: loopback unless it is set', async () => {
  const { running, url } = await serve({ ...secrets, DATA_DIR: place.path('listening'), HOST: '127.0.0.3' });
  assert.match(url, /^http:\/\/127\.0\.0\.3:/);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  await assert.rejects(fetch(`${url.replace('127.0.0.3', '127.0.0.1')}/healthz`));
  await end(running);
  const unset = await serve({ ...secrets, DATA_DIR: place.path('listening') });
  assert.match(unset.url, /^http:\/\/127\.0\.0\.1:/);
  await end(unset.running);
});

test('the data folder is its owner’s alone, and no folder of other things becomes one', async () => {
  await mkdir(place.path('open'), { mode: 0o755 });
  await chmod(place.path('open'), 0o755);
  for (const name of ['open', 'made']) {
    const { running } = await serve({ ...secrets, DATA_DIR: place.path(name) });
    assert.equal(await place.mode(name), '700');
    await end(running);
  }
  await mkdir(place.path('photos'));
  await chmod(place.path('photos'), 0o755);
  await writeFile(place.path('photos', 'holiday.jpg'), '');
  const env = { ...secrets, DATA_DIR: place.path('photos') };
  assert.match(await refusal(env), /photos holds other things than this service's data/);
  assert.equal(await place.mode('photos'), '755');
});

test('another ROOT_SECRET over existing data is told; a rotation with the old one behind it is none', async () => {
  const env = { ...secrets, DATA_DIR: place.path('rooted') };
  const first = await serve(env);
  await makeOrganization(first.url, 'rooted');
  await end(first.running);

  const other = { ...env, ROOT_SECRET: OTHER_ROOT };
  assert.match(await refusal(other), /^ROOT_SECRET is not the one that .*rooted was made with/);
  assert.match(await refusal({ ...env, ROOT_SECRET: `1:${OTHER_ROOT}` }), /^ROOT_SECRET is not the one/);
  assert.match(
    await refusal({ ...env, ROOT_SECRET: `0:${OTHER_ROOT},1:${ROOT_SECRET}` }),
    /^ROOT_SECRET is not/,
  );

  const rotated = await serve({ ...env, ROOT_SECRET: `1:${OTHER_ROOT},0:${ROOT_SECRET}` });
  assert.match(await (await operator(rotated.url, 'GET', '/admin/orgs')).text(), /"rooted"/);
  await end(rotated.running);
  const dropped = await serve({ ...env, ROOT_SECRET: `1:${OTHER_ROOT}` });
  assert.match(dropped.running.stderr(), /^Generation 0 of ROOT_SECRET is not given/);
  await end(dropped.running);
  for (const secret of [ROOT_SECRET, OTHER_ROOT]) {
    assert.ok(!(await place.text('rooted', 'roots.json')).includes(secret));
  }
});

test('a service that ends by itself is started again on its port and data, and a signal still ends it', async () => {
  const { running, url } = await serve({ ...secrets, DATA_DIR: place.path('supervised') });
  await makeOrganization(url, 'supervised');
  const pid = await claimedPid('supervised');
  process.kill(pid, 'SIGKILL');
  await running.says(/ended by itself \(SIGKILL\); it starts again in 1 s[\s\S]*Headway is at http/);
  assert.notEqual(await claimedPid('supervised'), pid);
  assert.match(await (await operator(url, 'GET', '/admin/orgs')).text(), /"supervised"/);
  await end(running);
  await assert.rejects(fetch(`${url}/healthz`));
});

test('a life that can’t begin is tried again, later each time, and a signal ends the wait', async () => {
  assert.deepEqual([1, 2, 3, 5, 6, 60].map(pauseAfter), [1_000, 2_000, 4_000, 16_000, 30_000, 30_000]);
  const dataDir = place.path('hindered');
  const { running } = await serve({ ...secrets, DATA_DIR: dataDir });
  const pid = await claimedPid('hindered');
  await rename(dataDir, `${dataDir}.away`);
  await writeFile(dataDir, 'a file where the folder was');
  process.kill(pid, 'SIGKILL');
  await running.says(/it did not start\); it starts again in 2 s/);
  await end(running);
});

test('with few files creations are refused with 503, all else goes on, and the process lives', async () => {
  const limited = ['-c', 'ulimit -n 512 && exec "$@"', 'sh', process.execPath];
  const env = { ...secrets, DATA_DIR: place.path('few'), WEBHOOK_PACE_MS: '100000' };
  const running = place.run('/bin/sh', [...limited, join(PROJECT, 'dev', 'serve.ts'), '--no-build'], env);
  await running.says(/Headway is at http/);
  assert.match(running.stderr(), /may have 512 files open, so that creations are refused beyond 68 jobs/);
  const url = /http:\/\/[\d.:]+/.exec(running.stderr())?.[0] ?? '';
  const pid = await claimedPid('few');
  await makeOrganization(url, 'few');
  const permissions = ['job:create', 'job:read', 'webhook:manage'];
  const made = await operator(url, 'POST', '/admin/orgs/few/keys', { name: 'k', permissions });
  const { api_key } = (await made.json()) as { api_key: string };
  const call = (method: string, path: string, body?: unknown) =>
    fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${api_key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const mapping = { action: 'create', set: { job_type: 'import', total_items: 1 } };
  const hook = { name: 'a', verification: { scheme: 'token' }, mapping };
  const hooked = (await (await call('POST', '/api/hooks', hook)).json()) as { url: string };

  const jobs: string[] = [];
  /** Makes jobs until there is no room; on a slow machine some of it comes back meanwhile. */
  const fill = async (): Promise<Response> => {
    while (jobs.length < 1_000) {
      const created = await call('POST', '/api/jobs/', { job_type: 'import', total_items: 1 });
      if (created.status !== 201) return created;
      jobs.push(((await created.json()) as { job_id: string }).job_id);
    }
    return assert.fail(`${jobs.length} jobs were made`);
  };
  const refused = await fill();
  assert.equal(refused.status, 503);
  assert.equal(((await refused.json()) as { code: string }).code, 'overloaded');
  assert.match(refused.headers.get('Retry-After') ?? '', /^\d+$/);
  assert.ok(jobs.length > 40);

  for (const jobId of jobs) {
    const reported = await call('POST', `/api/jobs/${jobId}/progress`, {
      mark_started: true,
      mark_completed: true,
    });
    assert.equal(reported.status, 200);
  }
  for (const [path, body] of [
    [`/api/jobs/${jobs[0]}/rerun`, { items: 'all' }],
    ['/api/webhooks', { url: 'https://receiver.example.com/', enabled: false }],
    ['/api/hooks', hook],
    [new URL(hooked.url).pathname, {}],
  ] as const) {
    await fill();
    assert.equal((await call('POST', path, body)).status, 503, path);
  }
  await fill();
  const organization = { organization_id: 'more', name: 'More' };
  assert.equal((await operator(url, 'POST', '/admin/orgs', organization)).status, 503);
  assert.equal((await call('GET', '/api/jobs/?limit=5')).status, 200);
  assert.equal(await claimedPid('few'), pid);

  for (let tries = 0; ; tries += 1) {
    const again = await call('POST', '/api/jobs/', { job_type: 'import', total_items: 1 });
    await again.arrayBuffer();
    if (again.status === 201) break;
    assert.ok(tries < 120, 'there is no room again after a minute');
    await sleep(500);
  }
  await end(running);
});
