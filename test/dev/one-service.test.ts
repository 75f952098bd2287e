/** One service a data folder, however two of them come to be started. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { Workplace } from './commands.ts';

const secrets = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };

let place: Workplace;
let bundleDir: string;

before(async () => {
  place = await Workplace.make();
  await place.bundle();
  bundleDir = await bundleFor(place.path('bundle'));
});

after(() => place.leave());

function start(dataDir: string): Promise<Service> {
  return startService({ dataDir: place.path(dataDir), bindings: secrets, bundleDir });
}

test('of two that start at once one is refused', async () => {
  const both = await Promise.allSettled([start('twice'), start('twice')]);
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason.message)] : []));
  for (const one of both) if (one.status === 'fulfilled') await one.value.kill();
  assert.equal(refused.length, 1);
  assert.match(refused[0] ?? '', /twice is in use by /);
});

test('a service whose process and address are unknown here is told all the same', async () => {
  const service = await start('elsewhere');
  await writeFile(place.path('elsewhere', 'claim.json'), '{"pid":4194304,"url":"http://127.0.0.1:9"}');
  await assert.rejects(start('elsewhere'), /elsewhere is in use by the service at http:\/\/127\.0\.0\.1:9 /);
  await service.kill();
  await (await start('elsewhere')).kill();
});

test('a folder with a long path is held too', async () => {
  const long = 'l'.repeat(120);
  const service = await start(long);
  await assert.rejects(start(long), /is in use by the service at /);
  await service.kill();
  await (await start(long)).kill();
});

test('a supervisor that was killed leaves the folder to the service that outlives it, and then to anybody', async () => {
  const env = { ...secrets, DATA_DIR: place.path('orphaned') };
  const first = place.start('serve', ['--no-build'], env);
  await first.says(/Headway is at http/);
  const { pid } = JSON.parse(await place.text('orphaned', 'claim.json'));
  first.child.kill('SIGKILL');
  await first.child.stdout?.destroy();
  await first.child.stderr?.destroy();
  await first.ended;
  await writeFile(place.path('orphaned', 'claim.json'), '');
  const second = place.start('serve', ['--no-build'], env);
  assert.equal(await second.ended, 1);
  assert.match(second.stderr(), /orphaned is in use by /);
  process.kill(pid, 'SIGKILL');
  await sleep(500);
  const third = place.start('serve', ['--no-build'], env);
  await third.says(/Headway is at http/);
  third.child.kill('SIGTERM');
  assert.equal(await third.ended, 0);
});

test('a start after which nothing can be written ends, and leaves no service behind', async () => {
  for (const name of ['objects', 'roots.json.new']) {
    await mkdir(place.path('unwritable', name), { recursive: true, mode: 0o700 });
  }
  const running = place.start('serve', ['--no-build'], { ...secrets, DATA_DIR: place.path('unwritable') });
  const patience = setTimeout(() => running.child.kill('SIGTERM'), 120_000);
  assert.equal(await running.ended, 1);
  clearTimeout(patience);
  assert.match(running.stderr(), /roots\.json\.new/);
  await (await start('unwritable')).kill();
});
