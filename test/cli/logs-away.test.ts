/** `headway logs -f` outlives a service that is away, for longer than a command waits for an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { live, start, until } from './tool.ts';

let isAway = false;
let refused = 0;

/** Stands before the service, and answers for its logs in a page of its own while they are away. */
const proxy = createServer((asked, answer) => {
  if (isAway && asked.url?.includes('/logs')) {
    refused += 1;
    // Nothing is tried again within the request: it is answered at once, and not by Headway.
    answer.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>no such host</h1>');
    return;
  }
  const { url = '/', method, headers } = asked;
  const on = request(new URL(url, live.client.url), { method, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  asked.pipe(on);
  on.on('error', () => answer.destroy());
  answer.on('close', () => on.destroy());
});
await once(proxy.listen(0, '127.0.0.1'), 'listening');
after(() => {
  proxy.close();
  proxy.closeAllConnections();
});

test('followed logs go on where the service is away in the middle and at the end, and it is told once each', async () => {
  const { client } = live;
  const id = await client.createJob();
  await client.report(id, { mark_started: true, logs: [{ level: 'info', message: 'before' }] });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const running = start(['logs', '-f', id], { HEADWAY_URL: url });
  await until(running.stdout, (shown) => shown.includes('before'));
  for (const [message, mark_completed] of [
    ['while it was away', false],
    ['the last one', true],
  ] as const) {
    [isAway, refused] = [true, 0];
    await client.report(id, { logs: [{ level: 'info', message }], mark_completed });
    await until(
      () => refused,
      (times) => times >= 2,
      'asked again',
    );
    isAway = false;
    await until(running.stdout, (shown) => shown.includes(message));
  }
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0);
  for (const message of ['before', 'while it was away', 'the last one'])
    assert.equal(stdout.split(message).length, 2);
  const lost = 'headway: the connection is lost, and sought again\nheadway: connected again\n';
  assert.equal(stderr, lost + lost);
});

test('without -f, what is away is complained of', async () => {
  const { client } = live;
  const id = await client.createJob();
  isAway = true;
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { code, stderr } = await start(['logs', id], { HEADWAY_URL: url }).ended;
  isAway = false;
  assert.notEqual(code, 0);
  assert.match(stderr, /404/);
});
