import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../../bench/bundle.ts';
import { bundleFor } from '../../dev/service.ts';
import { Live } from './live.ts';

/** The runtime puts an object away 10 s after its last work, unless something in it is still pending. */
const ASLEEP = 13_000;
/** An attempt may take so long (ms): a timer that outlives it is still running when its object should sleep. */
const ATTEMPT = 60_000;

let live: Live;
let received = 0;
const receiver = createServer((request, response) => {
  // Not the test that opens the endpoint.
  if (!String(request.headers['webhook-id']).endsWith('.endpoint.test')) received += 1;
  request.resume().on('end', () => response.end('thanks'));
});
before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  live = await Live.start(
    async (bundleDir) => {
      const serviceBundle = await bundleFor(`${bundleDir}-service`);
      await bundleWorker('test/support/counting-endpoints.ts', bundleDir, serviceBundle);
      return bundleDir;
    },
    {
      permissions: ['job:create', 'job:read', 'webhook:manage'],
      variables: { ALLOW_PRIVATE_WEBHOOKS: '1', WEBHOOK_TIMEOUT_MS: String(ATTEMPT) },
    },
  );
});
after(async () => {
  await live.stop();
  receiver.close();
});

async function starts(): Promise<{ endpoints: number; hooks: number }> {
  return (await live.client.get('/starts')).json as { endpoints: number; hooks: number };
}

async function untilReceived(count: number): Promise<void> {
  for (const late = performance.now() + 20_000; received < count; await sleep(50)) {
    assert.ok(performance.now() < late, 'nothing was delivered');
  }
}

test('an endpoint sleeps ten seconds after its last delivery, a hook after its last arrival', async () => {
  const { client } = live;
  const { port } = receiver.address() as AddressInfo;
  const made = await client.post('/api/webhooks', {
    url: `http://127.0.0.1:${port}/hook`,
    event_types: ['job.created'],
  });
  assert.equal(made.status, 201);
  const mapping = {
    action: 'create',
    from: { total_items: '/n', idempotency_key: '/id' },
    set: { job_type: 'import' },
  };
  const hook = await client.post('/api/hooks', {
    name: 'pushes',
    verification: { scheme: 'token' },
    mapping,
  });
  assert.equal(hook.status, 201, JSON.stringify(hook.json));
  const arrive = () => {
    const body = JSON.stringify({ n: 1, id: crypto.randomUUID() });
    return fetch(hook.json.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  };
  assert.equal((await arrive()).status, 202);
  await untilReceived(1);
  const before = await starts();
  await sleep(ASLEEP);
  assert.equal((await arrive()).status, 202);
  await untilReceived(2);
  const after = await starts();
  assert.deepEqual(after, { endpoints: before.endpoints + 1, hooks: before.hooks + 1 });
});
