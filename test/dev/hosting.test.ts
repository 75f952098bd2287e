import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT } from '../../dev/home.ts';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { type Running, Workplace } from './commands.ts';
import { freePort } from './free-port.ts';
import { startNginx } from './nginx.ts';

const run = promisify(execFile);
const secrets = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };

let place: Workplace;
let service: Service;
let nginx: Running;
let port: number;

function hosting(name: string): Promise<string> {
  return readFile(join(PROJECT, 'hosting', name), 'utf8');
}

before(async () => {
  place = await Workplace.make();
  const bundleDir = await bundleFor(place.path('bundle'));
  service = await startService({ dataDir: place.path('data'), bundleDir, bindings: secrets });
  port = await freePort();
  nginx = await proxy();
});

after(async () => {
  nginx?.child.kill('SIGTERM');
  await nginx?.ended;
  await service?.kill();
  await place.leave();
});

/** nginx on a port of its own, by the configuration as it is but for ports, files and the certificate's place. */
async function proxy(): Promise<Running> {
  await mkdir(place.path('nginx'));
  const [key, certificate] = [place.path('nginx', 'key.pem'), place.path('nginx', 'certificate.pem')];
  const subject = ['-subj', '/CN=headway.example.com', '-days', '1'];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  const site = (await hosting('nginx.conf'))
    .replace('server 127.0.0.1:8787;', `server 127.0.0.1:${service.port};`)
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`)
    .replace('    listen [::]:443 ssl http2;\n', '')
    .replace('/etc/ssl/headway/fullchain.pem', certificate)
    .replace('/etc/ssl/headway/privkey.pem', key)
    .replace('/var/log/nginx/headway.log', place.path('nginx', 'access.log'));
  assert.doesNotMatch(site.replace(/^#.*$/gm, ''), /\b443\b|\b8787\b|\/etc\/|\/var\//);
  const running = await startNginx(place, site);
  for (let up = false; !up; ) {
    assert.equal(running.child.exitCode, null, running.stderr());
    up = await ask('GET', '/healthz', {}).then(
      ({ status }) => status === 200,
      () => false,
    );
  }
  return running;
}

function open(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      rejectUnauthorized: false,
      agent: false as const,
    };
    const asked = request({ ...options, headers: { Host: 'headway.example.com', ...headers } }, resolve);
    asked.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function ask(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const response = await open(method, path, headers, body);
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return { status: response.statusCode, text, json: () => JSON.parse(text) };
}

async function makeJob(): Promise<{ jobId: string; headers: Record<string, string> }> {
  const json = { 'Content-Type': 'application/json' };
  const admin = { Authorization: `Bearer ${secrets.ADMIN_TOKEN}`, ...json };
  await ask('POST', '/admin/orgs', admin, { organization_id: 'proxied', name: 'Proxied' });
  const key = { name: 'k', permissions: ['job:create', 'job:read'] };
  const { api_key } = (await ask('POST', '/admin/orgs/proxied/keys', admin, key)).json();
  const headers = { Authorization: `Bearer ${api_key}`, ...json };
  const made = await ask('POST', '/api/jobs/', headers, { job_type: 'import', total_items: 4 });
  assert.equal(made.status, 201);
  return { jobId: made.json().job_id, headers };
}

test('the unit is one that systemd accepts', async () => {
  // The machine's own Node need not be where Debian's is.
  const unit = (await hosting('headway.service')).replace('/usr/bin/node', process.execPath);
  assert.ok(unit.includes(`ExecStart=${process.execPath} /opt/headway/start.js`));
  await writeFile(place.path('headway.service'), unit);
  const { stdout, stderr } = await run('systemd-analyze', [
    'verify',
    '--man=no',
    place.path('headway.service'),
  ]);
  assert.equal(stdout + stderr, '');
});

test('the line that makes the file of secrets runs where there is no folder for it', async () => {
  const guide = await readFile(join(PROJECT, 'docs', 'self-host.md'), 'utf8');
  const [line = ''] = /^install .*$/m.exec(guide) ?? [];
  assert.match(line, / \/etc\/headway\/secrets\.env /);
  await run('sh', ['-euc', line.replace('/etc/', `${place.path('etc')}/`)]);
  assert.equal(await place.mode('etc', 'headway', 'secrets.env'), '600');
});

test('behind nginx a stream tells as it happens, a long poll waits, a WebSocket opens and bodies pass', async () => {
  const { jobId, headers } = await makeJob();
  const stream = await open('GET', `/api/jobs/${jobId}/stream`, headers);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  const waiting = ask('GET', `/api/jobs/${jobId}?wait=30&after=1`, headers);
  assert.equal(
    (await ask('POST', `/api/jobs/${jobId}/progress`, headers, { mark_started: true })).status,
    200,
  );
  let told = '';
  for await (const text of stream.setEncoding('utf8')) {
    told += text;
    if (told.includes('event: update')) break;
  }
  assert.match(told, /"in_progress"/);
  assert.equal((await waiting).json().status, 'in_progress');

  const upgrade = {
    ...{ Connection: 'Upgrade', Upgrade: 'websocket' },
    ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64') },
  };
  assert.equal((await open('GET', `/api/jobs/${jobId}/socket`, { ...headers, ...upgrade })).statusCode, 101);

  const large = { reports: Array.from({ length: 900 }, () => ({ message: 'x'.repeat(1_000) })) };
  assert.equal((await ask('POST', `/api/jobs/${jobId}/progress/batch`, headers, large)).status, 200);
  const tooLarge = { message: 'x'.repeat(2_000_000) };
  const refused = await ask('POST', `/api/jobs/${jobId}/progress`, headers, tooLarge);
  assert.deepEqual([refused.status, refused.json().code], [413, 'body_too_large']);
});

test('behind nginx a text that goes on is reported while it comes, and an end takes text of any size', async () => {
  const { headers } = await makeJob();
  const made = await ask('POST', '/api/jobs/', headers, { job_type: 'import', total_items: 0 });
  const path = `/api/jobs/${made.json().job_id}`;
  const { token } = (await ask('POST', `${path}/tokens`, headers, { scope: 'report' })).json();
  const script = `{ for i in 1 2 3 4; do echo "$i/4"; sleep 0.7; done; echo; } | curl -sS -k -T - "$R"`;
  const env = { ...process.env, R: `https://127.0.0.1:${port}/r/${token}` };
  const said = run('sh', ['-c', script], { env });
  let seen = 0;
  for (const end = Date.now() + 20_000; seen === 0 && Date.now() < end; ) {
    seen = (await ask('GET', path, headers)).json().processed_items;
  }
  assert.ok(seen > 0 && seen < 4, String(seen));
  assert.equal((await said).stdout, 'in_progress 100% (4 of 4)\n');
  const fail = `head -c 12000000 /dev/zero | tr '\\0' x | curl -sS -k --data-binary @- "$R/fail"`;
  assert.equal((await run('sh', ['-c', fail], { env })).stdout, 'failed 100%\n');
  assert.match((await ask('GET', path, headers)).json().error_message, /^x+…x+$/);
});

test('nginx keeps no URL in its log', async () => {
  await ask('GET', '/api/jobs/?token=a-secret', {});
  // It writes there once the answer is through.
  let log = '';
  for (let n = 0; n < 600 && !log.includes(' GET 401 '); n++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    log = await place.text('nginx', 'access.log');
  }
  assert.match(log, /^127\.0\.0\.1 \[.*\] GET 401 [\d.]+$/m);
  assert.ok(!log.includes('secret') && !log.includes('/api'));
});

test('the steps of the Containerfile name what the build makes', async () => {
  const file = await hosting('Containerfile');
  const steps = [...file.matchAll(/^(FROM|WORKDIR|COPY|RUN|USER|ENV|VOLUME|EXPOSE|HEALTHCHECK|CMD) (.*)$/gm)];
  assert.equal(steps.length, file.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length);
  assert.ok(steps.some(([, verb, rest]) => verb === 'CMD' && rest === '["node", "start.js"]'));
  const installs = steps.findIndex(
    ([, verb, rest]) => verb === 'RUN' && /\bca-certificates\b/.test(rest ?? ''),
  );
  const user = steps.findIndex(([, verb]) => verb === 'USER');
  assert.ok(installs !== -1 && installs < user, 'certificates are installed while it is root');
  const check = steps.find(([, verb]) => verb === 'HEALTHCHECK')?.[2]?.replace(/^CMD /, '') ?? '';
  const [command = '', ...args] = JSON.parse(check) as string[];
  assert.equal(command, 'node');
  await run(process.execPath, args, { env: { PORT: String(service.port) } });
  const dead = String(await freePort());
  await assert.rejects(run(process.execPath, args, { env: { PORT: dead } }), { code: 1 });
});
