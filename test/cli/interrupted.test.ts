/** `headway run` is sent a signal: it is the command's, and the job shows how that took it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live, newest, start, newType as type, until } from './tool.ts';

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} is forwarded once`, async () => {
    const own = type();
    const short = signal.slice(3);
    const script = `n=0; trap 'n=$((n+1)); echo got $n' ${short}; echo ready; while [ $n -lt 1 ]; do sleep 0.05; done; sleep 0.3; trap - ${short}; kill -${short} $$`;
    const started = start(['run', '--type', own, '--', 'sh', '-c', script]);
    await until(started.stdout, (text) => text.includes('ready'));
    started.child.kill(signal);
    const outcome = await started.ended;
    assert.deepEqual([outcome.code, outcome.stdout], [code, 'ready\ngot 1\n']);
    const job = await newest(own);
    assert.equal(job.status, signal === 'SIGINT' ? 'cancelled' : 'failed');
    if (signal === 'SIGINT') assert.equal(job.cancellation.reason, 'Ctrl-C');
    else assert.match(job.error_message, new RegExp(`^signal ${short}`));
  });
}

test('Ctrl-C by a key that may not cancel fails the job; a program that ends well all the same has completed it', async () => {
  const { json } = await live.client.post('/api/keys', { name: 'a worker', preset: 'worker' });
  for (const [code, status] of [
    [3, 'failed'],
    [0, 'completed'],
  ] as const) {
    const own = type();
    const script = `trap 'exit ${code}' INT; echo ready; while :; do sleep 0.05; done`;
    const started = start(['run', '--type', own, '--', 'sh', '-c', script], {
      HEADWAY_API_KEY: json.api_key,
    });
    await until(started.stdout, (text) => text.includes('ready'));
    started.child.kill('SIGINT');
    assert.equal((await started.ended).code, code);
    assert.equal((await newest(own)).status, status);
  }
});
