import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Tenant } from '../../bench/farm/tenant.ts';
import { PROJECT } from '../../dev/home.ts';
import { bundleFor } from '../../dev/service.ts';
import { Workplace } from './commands.ts';
import { freePort } from './free-port.ts';

let place: Workplace;
let bundle: string;

before(async () => {
  place = await Workplace.make();
  bundle = await bundleFor(place.path('bundle'));
});

after(() => place.leave());

test('the guide’s receiver takes what is signed, once, and refuses the rest', async () => {
  const page = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  const source = /```js\n(import \{ createServer[\s\S]*?)```/.exec(page)?.[1] ?? '';
  assert.equal(source.trim().split('\n').length, 15);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const tenant = await Tenant.start(place.path('data'), bundle, {});
  const made = await tenant.post('/api/webhooks', { url });
  const receiver = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd: PROJECT,
    env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: made.secret as string },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(receiver, 'exit');
  try {
    let printed = '';
    receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    await until(() => fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status === 401));
    const path = `/api/webhooks/${made.webhook_id}`;
    // Its first test found nobody there: it is sent again.
    await tenant.post(`${path}/test`, undefined);
    const test = 'endpoint.test null undefined\n';
    await until(async () => printed === test);
    const { job_id } = await tenant.post('/api/jobs/', { job_type: 'import', total_items: 1 });
    const line = `${test}job.created ${job_id} pending\n`;
    await until(async () => printed === line);
    await until(async () => (await tenant.deliveries(made.webhook_id as string))[0]?.status === 'delivered');
    await tenant.post(`${path}/deliveries/2/redeliver`, undefined);
    await until(async () => (await tenant.deliveries(made.webhook_id as string))[0]?.attempts.length === 2);
    assert.equal(printed, line);
  } finally {
    receiver.kill();
    await ended;
    await tenant.service.stop();
  }
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await condition().catch(() => false)) return;
    await sleep(100);
  }
  assert.fail('what was waited for did not come');
}
