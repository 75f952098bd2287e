/** What no HTTP client sends, over raw sockets against the service as it is hosted. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { Workplace } from './commands.ts';

const ADMIN_TOKEN = `admin-${'a'.repeat(40)}`;

let place: Workplace;
let service: Service;

before(async () => {
  place = await Workplace.make();
  service = await startService({
    ...{ dataDir: place.path('data'), bundleDir: await bundleFor(place.path('bundle')), port: 0 },
    bindings: { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN },
  });
});

after(async () => {
  await service.kill();
  await place.leave();
});

/** The status of what is answered to these bytes; 0 where the connection is closed without one. */
function statusOf(text: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(service.port, '127.0.0.1');
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0));
    };
    socket.on('data', (data) => {
      answer += data;
      if (answer.includes('\r\n')) done();
    });
    socket.on('error', done);
    socket.on('close', done);
    socket.write(text);
  });
}

const get = (host: string) => statusOf(`GET /healthz HTTP/1.1\r\n${host}\r\n\r\n`);

test('a Host that is none is a 400, whatever it would make of the path', async () => {
  assert.equal(await get('Host: jobs.example.com:8787'), 200);
  assert.equal(await get('Host: [::1]:8787'), 200);
  const bad = ['a b', 'evil.example/x?', 'user@host', 'a:99999999', 'a:abc', 'a%2eb', 'a\\b', ''];
  for (const host of bad) assert.equal(await get(`Host: ${host}`), 400, host);
  assert.equal(await get('X: y'), 400);
});

test('an odd method is refused, never a 500', async () => {
  for (const method of ['TRACE', 'PURGE', 'PROPFIND', 'LOCK', 'SEARCH', 'FROB', 'get', 'G E T']) {
    const status = await statusOf(`${method} /healthz HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.ok(status >= 400 && status !== 500, `${method}: ${status}`);
  }
  assert.equal(await statusOf('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'), 404);
});

test('CONNECT opens no tunnel: workerd’s own 500, the connection closed, and the service lives', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(service.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
  });
  assert.match(answer, /^HTTP\/1\.1 500 .*\r\n\r\nInternal Server Error$/s);
  assert.equal(await get('Host: a'), 200);
});

test('whoever sends a body that is too large gets its answer', async () => {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' };
  for (const megabytes of [1, 4, 7]) {
    const body = 'x'.repeat(megabytes * 1_048_576);
    const answer = await fetch(`${service.url}/admin/orgs`, { method: 'POST', headers, body });
    assert.equal(answer.status, 413);
    assert.equal(((await answer.json()) as { code: string }).code, 'body_too_large');
  }
});

test('a length that lies and chunks that are none are refused, and the service lives', async () => {
  const head = `POST /admin/orgs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nContent-Type: application/json\r\n`;
  assert.equal(await statusOf(`${head}Content-Length: 2\r\n\r\n{}GARBAGE`), 422);
  assert.equal(await statusOf(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`), 422);
  for (const bad of [
    'Content-Length: -1\r\n\r\n{}',
    'Content-Length: x\r\n\r\n{}',
    'Content-Length: 99999999\r\n\r\n{}',
  ]) {
    const status = await statusOf(head + bad);
    assert.ok(status === 0 || (status >= 400 && status < 500), `${bad}: ${status}`);
  }
  assert.equal(await get('Host: a'), 200);
});
