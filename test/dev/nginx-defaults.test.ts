/** The service behind nginx as it is without a setting, and with those that a text that goes on needs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '../contract/client.ts';
import { type Running, Workplace } from './commands.ts';
import { freePort } from './free-port.ts';
import { Live } from './live.ts';
import { startNginx } from './nginx.ts';

const run = promisify(execFile);
/** Over HTTP/1.0, its default, nginx collects a body without a length whatever else it is told. */
const STREAMED = 'proxy_http_version 1.1; proxy_request_buffering off; client_max_body_size 0;';

let live: Live;
let place: Workplace;
let nginx: Running;
/** The service by way of nginx: with its defaults, with these settings, and with a short patience beside them. */
let plain: Client;
let streamed: Client;
let hasty: Client;
before(async () => {
  live = await Live.start();
  place = await Workplace.make();
  const settings = ['', STREAMED, `${STREAMED} client_body_timeout 1s;`];
  const ports = await Promise.all(settings.map(freePort));
  const server = (port: number, n: number) =>
    `server { listen 127.0.0.1:${port}; access_log off; location / { ${settings[n]} proxy_pass ${live.client.url}; } }\n`;
  nginx = await startNginx(place, ports.map(server).join(''));
  [plain, streamed, hasty] = ports.map(
    (port) => new Client(`http://127.0.0.1:${port}`, live.client.apiKey),
  ) as [Client, Client, Client];
  for (let up = false; !up; ) {
    assert.equal(nginx.child.exitCode, null, nginx.stderr());
    up = await fetch(`${streamed.url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
});
after(async () => {
  nginx?.child.kill('SIGTERM');
  await nginx?.ended;
  await live?.stop();
  await place?.leave();
});

async function shell(script: string, R: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', script], { env: { ...process.env, R } });
  return stdout.trim();
}

/** A new job, and its worker's address by way of `client`. */
async function worker(client: Client) {
  const id = await client.createJob({ total_items: 0 });
  const { token } = (await client.post(`/api/jobs/${id}/tokens`, { scope: 'report' })).json;
  return { id, url: `${client.url}/r/${token}` };
}

test('by its defaults: creations, reports, batches up to their limit, lists and the line', async () => {
  const id = await plain.createJob({ total_items: 4 });
  assert.equal((await plain.report(id, { processed_items: 1 })).progress_percentage, 25);
  const reports = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(1_020) }));
  const batch = await plain.post(`/api/jobs/${id}/progress/batch`, { reports });
  assert.equal(batch.status, 200, JSON.stringify(batch.json));
  assert.ok((await plain.get('/api/jobs/?limit=100')).json.jobs.length > 0);
  const { url } = await worker(plain);
  assert.equal(await shell('curl -sS "$R" -d "1/4 begun"', url), 'in_progress 25% (1 of 4)');
  assert.equal(
    await shell('printf "2/4\\n::exit 3\\n" | curl -sS -T - "$R"', url),
    'failed 25% (exit code 3)',
  );
});

test('by its defaults: a wait is answered by the report it waits for, or within what nginx waits itself', async () => {
  const id = await plain.createJob();
  const waiting = plain.get(`/api/jobs/${id}?wait=60&after=1`);
  await plain.report(id, { mark_started: true });
  const { status, json } = await waiting;
  assert.deepEqual([status, json.status], [200, 'in_progress']);
  const [began, { json: job }] = [Date.now(), await plain.get(`/api/jobs/${id}?wait=2&after=2`)];
  assert.deepEqual([job.revision, Date.now() - began < 60_000], [2, true]);
});

test('by its defaults: an event stream tells as it happens, and ends', async () => {
  const id = await plain.createJob();
  const headers = { Authorization: `Bearer ${plain.apiKey}` };
  const { body, status } = await fetch(`${plain.url}/api/jobs/${id}/stream`, { headers });
  assert.equal(status, 200);
  const decoder = new TextDecoder();
  const reports = [{ message: 'one at a time' }, { mark_completed: true }];
  let told = '';
  for await (const bytes of body ?? []) {
    told += decoder.decode(bytes, { stream: true });
    const events = told.match(/^event: (?:snapshot|update)$/gm)?.length ?? 0;
    const next = events > 2 - reports.length ? reports.shift() : undefined;
    if (next !== undefined) await plain.report(id, next);
  }
  assert.match(told, /one at a time[\s\S]*event: end/);
});

test('by its defaults: no WebSocket opens, and who asked for one is told', async () => {
  const id = await plain.createJob();
  const upgrade =
    '-H "Connection: Upgrade" -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" -H "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="';
  const ask = (client: Client) =>
    shell(
      `curl -sS -m 5 -o /dev/null -w "%{http_code}" ${upgrade} -H "Authorization: Bearer ${client.apiKey}" "$R" || true`,
      `${client.url}/api/jobs/${id}/socket`,
    );
  assert.equal(await ask(live.client), '101');
  assert.match(await ask(plain), /^4\d\d$/);
});

test('with proxy_request_buffering off a text that goes on is reported while it comes', async () => {
  const { id, url } = await worker(streamed);
  const said = shell(
    '{ for i in 1 2 3 4; do echo "$i/4"; sleep 0.7; done; echo "::exit 0"; } | curl -sS -T - "$R"',
    url,
  );
  let job = await live.client.job(id);
  for (const end = Date.now() + 20_000; job.processed_items === 0; job = await live.client.job(id)) {
    assert.ok(Date.now() < end, 'not while it came');
  }
  assert.equal(job.status, 'in_progress');
  assert.equal(await said, 'completed 100% (4 of 4)');
});

test('with client_max_body_size 0 an end takes text of any size, which nginx refuses by its defaults', async () => {
  const script = `head -c 12000000 /dev/zero | tr '\\0' x | curl -sS --data-binary @- "$R/fail"`;
  const [free, bound] = [await worker(streamed), await worker(plain)];
  assert.equal(await shell(script, free.url), 'failed');
  assert.match(await shell(script, bound.url), /413 Request Entity Too Large/);
  assert.equal((await live.client.job(bound.id)).status, 'pending');
});

test('a program that is silent for longer than client_body_timeout is cut off, which ends nothing but the pipe', async () => {
  const { id, url } = await worker(hasty);
  const script = '{ echo 1/4; sleep 3; echo 4/4; echo "::exit 0"; } | curl -sS -T - "$R" 2>&1 || true';
  assert.doesNotMatch(await shell(script, url), /completed/);
  const { status, processed_items } = await live.client.job(id);
  assert.deepEqual([status, processed_items], ['in_progress', 1]);
});
