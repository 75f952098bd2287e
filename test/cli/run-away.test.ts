/** `headway run` where the service is away, silent, or refuses: the command runs as it would. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ChaosProxy } from '../client/chaos-proxy.ts';
import { headway, live, newest, place, start, newType as type, until } from './tool.ts';

const proxy = await ChaosProxy.before(live.client.url, 0);
after(() => proxy.stop());

test('the service away: the command runs at once and as it would, and one line says so', async () => {
  proxy.line = 'away';
  const started = start(
    [
      'run',
      '--type',
      type(),
      '--patience',
      '200ms',
      '--',
      'sh',
      '-c',
      'printenv HEADWAY_JOB_ID || echo none; exit 3',
    ],
    { HEADWAY_URL: proxy.url, HEADWAY_JOB_ID: 'of-another' },
  );
  const { code, stdout, stderr } = await started.ended;
  assert.deepEqual([code, stdout], [3, 'none\n']);
  assert.match(
    stderr,
    /^headway: nothing can be reported yet: .*\nheadway: the last reports could not be sent.*\n$/,
  );
});

test('the service silent: the command begins within a second, and a second signal does not wait for the reports', async () => {
  proxy.line = 'silent';
  const started = start(
    [
      'run',
      '--type',
      type(),
      '--',
      'sh',
      '-c',
      'trap "echo told; exit 3" TERM; echo begun; while :; do sleep 0.05; done',
    ],
    {
      HEADWAY_URL: proxy.url,
    },
  );
  await until(started.stdout, (text) => text !== '');
  started.child.kill('SIGTERM');
  await until(started.stdout, (text) => text.includes('told'));
  const again = setInterval(() => started.child.kill('SIGTERM'), 25);
  const { code, stdout } = await started.ended;
  clearInterval(again);
  assert.deepEqual([code, stdout], [3, 'begun\ntold\n']);
});

for (const line of ['away', 'page'] as const) {
  test(`the service comes back meanwhile (${line}): the job is made, and all that was said is in it`, async () => {
    proxy.line = line;
    const own = type();
    const gate = place.path(`gate-${line}`);
    await promisify(execFile)('mkfifo', [gate]);
    const started = start(
      ['run', '--type', own, '--', 'sh', '-c', `echo 1/2 one; read x <gate-${line}; echo 2/2 two`],
      { HEADWAY_URL: proxy.url },
    );
    await until(started.stderr, (text) => text.includes('can be reported'));
    proxy.line = 'through';
    await newest(own);
    await writeFile(gate, 'go\n');
    assert.equal((await started.ended).code, 0);
    const job = await newest(own);
    assert.deepEqual([job.status, job.processed_items, job.last_message], ['completed', 2, 'two']);
  });
}

test('a share that is told while the service is away is one of the total, once it is heard of within patience', async () => {
  proxy.line = 'away';
  const id = await live.client.createJob({ total_items: 1_000 });
  const script = ['run', '--job', id, '--', 'sh', '-c', 'echo 50%'];
  const started = start(script, { HEADWAY_URL: proxy.url });
  await sleep(4_500);
  proxy.line = 'through';
  assert.equal((await started.ended).code, 0);
  const job = await live.client.job(id);
  assert.deepEqual([job.status, job.processed_items, job.total_items], ['completed', 500, 1_000]);
  proxy.line = 'away';
  const args = ['run', '--job', id, '--patience', '100ms', '--', 'sh', '-c', 'echo 60%'];
  const { code, stderr } = await start(args, { HEADWAY_URL: proxy.url }).ended;
  assert.equal(code, 0);
  assert.match(stderr, /headway: the last reports could not be sent within 0\.1 s\n$/);
});

test('no key, a wrong key, a refused job: one line, and the command runs', async () => {
  const cases: [string, string[], Record<string, string | undefined>, RegExp][] = [
    ['no key', [], { HEADWAY_API_KEY: undefined }, /^headway: nothing is reported: which service\?.*\n$/],
    ['a wrong key', [], { HEADWAY_API_KEY: 'hw_x' }, /^headway: nothing more is reported: 401 .*\n$/],
    ['a refused job', ['--tag', 'x'.repeat(500)], {}, /^headway: nothing more is reported: 4\d\d .*\n$/],
  ];
  for (const [what, options, env, line] of cases) {
    const { code, stdout, stderr } = await headway(
      ['run', '--type', type(), ...options, '--', 'sh', '-c', 'echo ran; exit 4'],
      env,
    );
    assert.deepEqual([what, code, stdout], [what, 4, 'ran\n']);
    assert.match(stderr, line);
  }
});
