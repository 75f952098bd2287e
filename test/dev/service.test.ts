import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { Workplace } from './commands.ts';

const secrets = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };

let place: Workplace;
let bundleDir: string;
const started = new Set<Service>();

before(async () => {
  place = await Workplace.make();
  bundleDir = await bundleFor(place.path('bundle'));
});

afterEach(async () => {
  for (const service of started) await service.kill();
});

after(() => place.leave());

async function start(dataDir: string, port = 0): Promise<Service> {
  const service = await startService({ dataDir: place.path(dataDir), port, bindings: secrets, bundleDir });
  started.add(service);
  return service;
}

async function makeKey(url: string): Promise<string> {
  const headers = { Authorization: `Bearer ${secrets.ADMIN_TOKEN}`, 'Content-Type': 'application/json' };
  const post = (path: string, body: unknown) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal((await post('/admin/orgs', { organization_id: 'crash', name: 'Crash' })).status, 201);
  const made = await post('/admin/orgs/crash/keys', { name: 'k', permissions: ['job:create', 'job:read'] });
  assert.equal(made.status, 201);
  return ((await made.json()) as { api_key: string }).api_key;
}

test('what was answered survives a SIGKILL and a start on the same folder and port', async () => {
  const first = await start('crash');
  const headers = { Authorization: `Bearer ${await makeKey(first.url)}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ job_type: 'import', total_items: 7 });
  const created = await fetch(`${first.url}/api/jobs/`, { method: 'POST', headers, body });
  assert.equal(created.status, 201);
  const { job_id } = (await created.json()) as { job_id: string };
  assert.deepEqual(await first.kill(), { code: null, signal: 'SIGKILL' });

  const second = await start('crash', first.port);
  assert.equal(second.url, first.url);
  assert.notEqual(second.pid, first.pid);
  const read = await fetch(`${second.url}/api/jobs/${job_id}`, { headers });
  assert.equal(read.status, 200);
  assert.equal(((await read.json()) as { total_items: number }).total_items, 7);
  assert.deepEqual(await second.stop(), { code: 0, signal: null });
});

test('a stop ends the process at once though connections are open', async () => {
  const service = await start('stop');
  await fetch(`${service.url}/healthz`);
  const begun = Date.now();
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  assert.ok(Date.now() - begun < 2_500);
  await assert.rejects(fetch(`${service.url}/healthz`));
});

test('a taken port, a folder in use and a missing bundle are told apart', async () => {
  const service = await start('taken');
  await assert.rejects(start('other', service.port), /Port \d+ of 127\.0\.0\.1 is taken/);
  await assert.rejects(start('taken'), /taken is in use by the service at http:\/\/127\.0\.0\.1:/);
  const nothing = { dataDir: place.path('none'), bindings: secrets, bundleDir: place.path('nowhere') };
  await assert.rejects(startService(nothing), /no bundle in .*nowhere/);
});

test('it listens on 127.0.0.1 alone', async () => {
  const service = await start('listen');
  assert.equal((await fetch(`http://127.0.0.1:${service.port}/healthz`)).status, 200);
  await assert.rejects(fetch(`http://127.0.0.2:${service.port}/healthz`));
  await assert.rejects(fetch(`http://[::1]:${service.port}/healthz`));
});

test('no secret is written to the bundle or the data folder', async () => {
  const service = await start('secret');
  await makeKey(service.url);
  await service.stop();
  for (const folder of [bundleDir, place.path('secret')]) {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    assert.ok(files.length > 1);
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const secret of Object.values(secrets)) assert.ok(!bytes.includes(secret), file.name);
    }
  }
});

test('only a developer’s service reaches loopback: what is deployed neither has nor makes room for it', async () => {
  const settings = JSON.parse(await readFile(join(bundleDir, 'settings.json'), 'utf8'));
  const toml = await readFile(new URL('../../wrangler.toml', import.meta.url), 'utf8');
  assert.ok(!toml.includes('ALLOW_PRIVATE_WEBHOOKS'));
  assert.ok(!('ALLOW_PRIVATE_WEBHOOKS' in settings.vars));
  for (const [name, bindings, reaches] of [
    ['deployed', secrets, false],
    ['developed', { ...secrets, ALLOW_PRIVATE_WEBHOOKS: '1' }, true],
    ['denied', { ...secrets, ALLOW_PRIVATE_WEBHOOKS: '0' }, false],
  ] as const) {
    const service = await startService({ dataDir: place.path(name), bindings, bundleDir });
    started.add(service);
    const config = await place.text(name, 'workerd.capnp');
    assert.equal(config.includes('"local"'), reaches);
    const refused = await registerWebhook(service.url, 'http://127.0.0.1:18599/hook');
    assert.equal(refused, reaches ? 201 : 422);
    assert.equal(await registerWebhook(service.url, 'http://10.0.0.1/hook'), 422);
    await service.kill();
  }
});

async function registerWebhook(url: string, target: string): Promise<number> {
  const organization = `o${Math.random().toString(36).slice(2)}`;
  const post = (path: string, token: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const made = await post('/admin/orgs', secrets.ADMIN_TOKEN, { organization_id: organization, name: 'O' });
  assert.equal(made.status, 201);
  const keyPath = `/admin/orgs/${organization}/keys`;
  const key = await post(keyPath, secrets.ADMIN_TOKEN, {
    name: 'k',
    permissions: ['webhook:manage', 'job:read'],
  });
  const { api_key } = (await key.json()) as { api_key: string };
  return (await post('/api/webhooks', api_key, { url: target })).status;
}

test('date, flags, variables and objects are those of wrangler.toml', async () => {
  const settings = JSON.parse(await readFile(join(bundleDir, 'settings.json'), 'utf8'));
  const toml = await readFile(new URL('../../wrangler.toml', import.meta.url), 'utf8');
  assert.ok(toml.includes(`compatibility_date = "${settings.compatibilityDate}"`));
  assert.ok(settings.compatibilityFlags.includes('global_fetch_strictly_public'));
  const bindings = [...toml.matchAll(/name = "(\w+)", class_name = "(\w+)"/g)];
  assert.ok(bindings.length >= 5);
  assert.deepEqual(
    settings.namespaces,
    bindings.map(([, binding, className]) => ({ binding, className, sqlite: true })),
  );
});
