import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { buildBundle } from '../../dev/service.ts';
import { type Running, Workplace } from './commands.ts';

const ROOT_SECRET = `root-${'r'.repeat(40)}`;
const ADMIN_TOKEN = `admin-${'a'.repeat(40)}`;

let place: Workplace;

before(async () => {
  place = await Workplace.make();
  await buildBundle(place.path('dist'));
});

after(() => place.leave());

async function serve(env: Record<string, string>): Promise<{ running: Running; url: string }> {
  const running = place.start('serve', ['--no-build'], env);
  await running.says(/Headway is at http/);
  return { running, url: /http:\/\/[\d.:]+/.exec(running.stderr())?.[0] ?? '' };
}

async function organizations(url: string, adminToken: string): Promise<Response> {
  return fetch(`${url}/admin/orgs`, { headers: { Authorization: `Bearer ${adminToken}` } });
}

test('without secrets it says which one is missing and where to put it', async () => {
  const nothing = place.start('serve', ['--no-build']);
  assert.equal(await nothing.ended, 1);
  assert.match(nothing.stderr(), /^ROOT_SECRET is in neither the environment nor .*\.dev\.vars/);
  const half = place.start('serve', ['--no-build'], { ROOT_SECRET });
  assert.equal(await half.ended, 1);
  assert.match(half.stderr(), /^ADMIN_TOKEN is in neither/);
});

test('it takes secrets from the environment, keeps data in DATA_DIR and logs JSON to stdout', async () => {
  const env = { ROOT_SECRET, ADMIN_TOKEN, DATA_DIR: place.path('served') };
  const first = await serve(env);
  const made = await fetch(`${first.url}/admin/orgs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ organization_id: 'kept', name: 'Kept' }),
  });
  assert.equal(made.status, 201);
  first.running.child.kill('SIGTERM');
  assert.equal(await first.running.ended, 0);
  const lines = first.running.stdout().trim().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(logged.some((line) => Object.values(line).includes('/admin/orgs')));

  const second = await serve(env);
  assert.match(await (await organizations(second.url, ADMIN_TOKEN)).text(), /"kept"/);
  second.running.child.kill('SIGINT');
  assert.equal(await second.running.ended, 0);
});

test('it takes secrets from .dev.vars, and the environment wins', async () => {
  const fromFile = 'f'.repeat(40);
  await writeFile(place.path('.dev.vars'), `ROOT_SECRET="${ROOT_SECRET}"\nADMIN_TOKEN="${fromFile}"\n`);
  const file = await serve({ DATA_DIR: place.path('file') });
  assert.equal((await organizations(file.url, fromFile)).status, 200);
  const environment = await serve({ DATA_DIR: place.path('environment'), ADMIN_TOKEN });
  assert.equal((await organizations(environment.url, fromFile)).status, 401);
  assert.equal((await organizations(environment.url, ADMIN_TOKEN)).status, 200);
});
