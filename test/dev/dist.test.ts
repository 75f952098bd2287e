import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildDist } from '../../dev/build/build-dist.ts';
import { withoutDocs } from '../../dev/build/without-docs.ts';
import { PROJECT } from '../../dev/home.ts';
import { type Running, Workplace } from './commands.ts';

const secrets = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };

/** The oldest Node that the build promises to run on. HEADWAY_NODE names another one to try. */
const OLD_NODE = process.env.HEADWAY_NODE ?? '/usr/bin/node';

let place: Workplace;

before(async () => {
  place = await Workplace.make();
  await buildDist(place.path('app'));
  await installWorkerd();
});

after(() => place.leave());

/** As `npm install` in `dist/` would, from what is installed here: the package, and the program for this machine. */
async function installWorkerd(): Promise<void> {
  const installed = join(PROJECT, 'node_modules');
  const read = async (folder: string) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const wanted = (await read(place.path('app'))).dependencies;
  const { version, optionalDependencies } = await read(join(installed, 'workerd'));
  assert.deepEqual(wanted, { workerd: version });
  await cp(join(installed, 'workerd'), place.path('app', 'node_modules', 'workerd'), { recursive: true });
  let programs = 0;
  for (const name of Object.keys(optionalDependencies)) {
    await mkdir(place.path('app', 'node_modules', '@cloudflare'), { recursive: true });
    const copied = cp(join(installed, name), place.path('app', 'node_modules', name), { recursive: true });
    programs += await copied.then(
      () => 1,
      () => 0,
    );
  }
  assert.equal(programs, 1);
}

async function start(dataDir: string, node = process.execPath): Promise<{ running: Running; url: string }> {
  const env = { ...secrets, DATA_DIR: place.path(dataDir) };
  const running = place.run(node, [place.path('app', 'start.js')], env);
  await running.says(/Headway is at http/);
  return { running, url: /http:\/\/[\d.:]+/.exec(running.stderr())?.[0] ?? '' };
}

/** What a command prints that ends well. */
async function outputOf(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const running = place.run(command, args, env);
  assert.equal(await running.ended, 0, `${running.stdout()}${running.stderr()}`);
  return running.stdout();
}

async function end(running: Running): Promise<void> {
  running.child.kill('SIGTERM');
  assert.equal(await running.ended, 0);
}

async function makeKey(url: string): Promise<string> {
  const headers = { Authorization: `Bearer ${secrets.ADMIN_TOKEN}`, 'Content-Type': 'application/json' };
  const post = (path: string, body: unknown) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal((await post('/admin/orgs', { organization_id: 'copied', name: 'Copied' })).status, 201);
  const made = await post('/admin/orgs/copied/keys', {
    name: 'k',
    permissions: ['job:create', 'job:read', 'webhook:manage'],
  });
  return ((await made.json()) as { api_key: string }).api_key;
}

interface Job {
  job_id: string;
  revision: number;
  processed_items: number;
}

function caller(url: string, key: string) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  return async (method: string, path: string, body?: unknown): Promise<Job & { jobs: Job[] }> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers, ...init });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return (await response.json()) as Job & { jobs: Job[] };
  };
}

test('the bundle is 218 KiB of gzip at most, and of seven texts of the description it holds one at most', async () => {
  const bundle = await readFile(place.path('app', 'worker.js'), 'utf8');
  const { byteLength } = gzipSync(bundle, { level: 9 });
  assert.ok(byteLength <= 218 * 1_024, `${byteLength} bytes`);
  const description = await readFile(place.path('app', 'assets', 'openapi.json'), 'utf8');
  const texts = new Set<string>();
  JSON.parse(description, (name, value) => {
    if (['summary', 'description'].includes(name) && value.length > 20) texts.add(value);
    return value;
  });
  const told = bundle.replaceAll(/\\u([0-9a-f]{4})/g, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const held = [...texts].filter((text) => told.includes(text));
  assert.ok(texts.size > 400 && held.length <= texts.size / 7, `${held.length} of ${texts.size}: ${held}`);
});

test('from a module is taken what its description alone is made from, and nothing else', () => {
  const cut: [source: string, kept: string][] = [
    ["const s = { a: z.string().meta({ id: 'A' }) };", 'const s = { a: z.string() };'],
    ['const s = z.array(t);', 'const s = /* @__PURE__ */ (() => z.array(t))();'],
    [
      "openEndpoint('open', { id: 'a', summary: 's', description: HOW + b, handle });",
      "openEndpoint('open', { id: 'a', handle });",
    ],
    ["const doc = { summary: 's', description: 'd' };", "const doc = { summary: 's', description: 'd' };"],
    [
      "const replies = { 200: { description: 'd', schema: S, contentType: T, headers: H }, 304: SAME };",
      'const replies = { 200: { schema: {}, contentType: T, }, 304: SAME };',
    ],
    [
      'f({ description: text(200).meta(m), n: { description } });',
      'f({ description: text(200), n: { description } });',
    ],
  ];
  for (const [source, kept] of cut) {
    assert.equal(withoutDocs('module.ts', source).replaceAll(/\s+/g, ' '), kept);
  }
});

for (const [name, node] of Object.entries({ 'this Node': process.execPath, 'Node 20': OLD_NODE })) {
  test(`what was built runs in an empty folder with ${name} and the package workerd alone`, async () => {
    if (node === OLD_NODE)
      assert.match(await outputOf(node, ['--version']), /^v20\./, `${node} is no Node 20`);
    const folder = `data of ${name}`;
    const { running, url } = await start(folder, node);
    const key = await makeKey(url);
    const call = caller(url, key);
    const { job_id } = await call('POST', '/api/jobs/', { job_type: 'import', total_items: 4 });
    await call('POST', `/api/jobs/${job_id}/progress`, { mark_started: true, processed_items: 1 });
    assert.equal((await call('GET', `/api/jobs/${job_id}`)).processed_items, 1);
    assert.equal((await fetch(`${url}/openapi.json`)).status, 200);
    const line = [place.path('app', 'assets', 'headway.mjs'), 'jobs', '-o', 'jsonl'];
    const env = { HEADWAY_URL: url, HEADWAY_API_KEY: key, NO_PROXY: '*' };
    assert.ok((await outputOf(node, line, env)).includes(job_id));
    const backup = [place.path('app', 'backup.js'), place.path(`backup of ${name}`)];
    assert.match(await outputOf(node, backup, { DATA_DIR: place.path(folder) }), /^\d+ databases of /);
    await end(running);
  });
}

test('its configuration runs on workerd without Node too, by the lines that README.md has for it', async () => {
  const receiver = createServer((asked, answer) => void asked.resume().on('end', () => answer.end()));
  const told = once(receiver, 'request');
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const { port: listening } = receiver.address() as AddressInfo;
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const readme = await place.text('app', 'README.md');
  const lines = /^ {4}mkdir .*\n.*$/m.exec(readme)?.[0] ?? '';
  const script = lines.replace('ROOT_SECRET=… ADMIN_TOKEN=… ', 'exec ').replace('8787', String(port));
  await mkdir(place.path('app', 'node_modules', '.bin'));
  await symlink('../workerd/bin/workerd', place.path('app', 'node_modules', '.bin', 'workerd'));
  const running = place.run('sh', ['-euc', `cd app\n${script}`], {
    ...secrets,
    ...{ WEBHOOK_HOSTS: `127.0.0.1:${listening}`, WEBHOOK_PACE_MS: '20', OWN_HOSTS: `127.0.0.1:${port}` },
  });
  const url = `http://127.0.0.1:${port}`;
  const latest = Date.now() + 60_000;
  for (let up = false; !up; ) {
    up = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    assert.deepEqual([running.child.exitCode, running.child.signalCode], [null, null], running.stderr());
    assert.ok(Date.now() < latest, `not healthy: ${running.stdout()} ${running.stderr()}`);
    if (!up) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const call = caller(url, await makeKey(url));
  const { job_id } = await call('POST', '/api/jobs/', { job_type: 'import', total_items: 4 });
  assert.equal((await call('GET', `/api/jobs/${job_id}`)).job_id, job_id);
  await call('POST', '/api/webhooks', { url: `http://127.0.0.1:${listening}/` });
  await call('POST', '/api/jobs/', { job_type: 'import', total_items: 4 });
  await told;
  receiver.close();
  const backup = [place.path('app', 'backup.js'), place.path('plain backup')];
  const DATA_DIR = place.path('app', 'data');
  assert.match(await outputOf(process.execPath, backup, { DATA_DIR }), /^\d+ databases of /);
  running.child.kill('SIGKILL');
  await running.ended;
});

test('a backup under load holds all that was answered before it began', async () => {
  const { running, url } = await start('busy');
  const key = await makeKey(url);
  const call = caller(url, key);
  const answered = new Map<string, Job>();
  let busy = true;
  // Each worker makes jobs and reports to them, old ones too: some files are open, some just closed, some opened again.
  const workers = Array.from({ length: 4 }, async () => {
    const mine: string[] = [];
    for (let n = 0; busy; n++) {
      const { job_id } = await call('POST', '/api/jobs/', { job_type: 'import', total_items: 1_000 });
      mine.push(job_id);
      for (let report = 0; report < 5 && busy; report++) {
        const target = mine[(n * 7 + report * 3) % mine.length] ?? job_id;
        answered.set(
          target,
          await call('POST', `/api/jobs/${target}/progress`, { mark_started: true, processed_delta: 1 }),
        );
      }
    }
  });
  while (answered.size < 100) await new Promise((resolve) => setTimeout(resolve, 50));

  const before = new Map(answered);
  const backup = place.run(process.execPath, [place.path('app', 'backup.js'), place.path('backup')], {
    DATA_DIR: place.path('busy'),
  });
  assert.equal(await backup.ended, 0, backup.stderr());
  assert.match(backup.stdout(), /^\d+ databases of .* are in .*backup\n$/);
  assert.ok(
    [...answered].some(([id, job]) => job.revision > (before.get(id)?.revision ?? 0)),
    'there was load',
  );
  busy = false;
  await Promise.all(workers);
  await end(running);

  const restored = await start('backup');
  const read = caller(restored.url, key);
  const listed = new Set<string>();
  for (let path: string | null = '/api/jobs/?limit=100'; path !== null; ) {
    const page: { jobs: Job[]; next_cursor?: string | null } = await read('GET', path);
    for (const { job_id } of page.jobs) listed.add(job_id);
    path = page.next_cursor ? `/api/jobs/?limit=100&cursor=${page.next_cursor}` : null;
  }
  for (const [jobId, job] of before) {
    const kept = await read('GET', `/api/jobs/${jobId}`);
    assert.ok(kept.revision >= job.revision, `${jobId}: ${kept.revision} of ${job.revision}`);
    assert.ok(kept.processed_items >= job.processed_items);
    assert.ok(listed.has(jobId), `${jobId} is listed`);
  }
  await read('POST', `/api/jobs/${[...before.keys()][0]}/progress`, { processed_delta: 1 });
  await end(restored.running);
});

test('a backup says where it can’t be made', async () => {
  const run = async (args: string[], dataDir: string) => {
    const backup = place.run(process.execPath, [place.path('app', 'backup.js'), ...args], {
      DATA_DIR: place.path(dataDir),
    });
    assert.equal(await backup.ended, 1);
    return backup.stderr();
  };
  assert.match(await run([], 'data'), /^Say where to: /);
  assert.match(await run([place.path('b2')], 'nowhere'), /^There is no data in /);
  assert.match(await run([place.path('busy')], 'busy'), /busy is not empty/);
});
