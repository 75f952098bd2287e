/** The files of a deployment, and all that is none: the same requests to `wrangler dev` and to `workerd serve`. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestHarness } from 'wrangler';
import { PROJECT } from '../../dev/home.ts';
import { Live, SECRETS } from './live.ts';

const HEADERS = [
  ...['content-type', 'etag', 'cache-control', 'content-security-policy', 'allow', 'location'],
  ...['x-content-type-options', 'content-length'],
];
const NAVIGATION = { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

let live: Live;
let harness: TestHarness;
let servers: { name: string; url: string }[];
before(async () => {
  live = await Live.start();
  // Nothing is asked of the network: not what is known of this machine's place either.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
  process.env.WRANGLER_SEND_METRICS = 'false';
  const { createTestHarness } = await import('wrangler');
  harness = createTestHarness({
    workers: [{ configPath: join(PROJECT, 'wrangler.toml'), secrets: SECRETS }],
  });
  const { url } = await harness.listen();
  servers = [
    { name: 'workerd serve', url: live.client.url },
    { name: 'wrangler dev', url: url.origin },
  ];
});
after(async () => {
  await harness?.close();
  await live?.stop();
});

/** Asks for a path as it stands: nothing makes another of it on the way. */
function ask(url: string, method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, method, path, headers, agent: false }, async (answer) => {
      const bytes = Buffer.concat(await answer.toArray());
      const shown = HEADERS.flatMap((name) => {
        const value = answer.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      });
      const { statusCode: status = 0 } = answer;
      resolve({ status, headers: Object.fromEntries(shown), text: bytes.toString() });
    });
    asked.on('error', reject).end();
  });
}

/** What both answer, which is the same but for the ids of the requests. */
async function both(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const [one, other] = await Promise.all(servers.map(({ url }) => ask(url, method, path, headers)));
  assert.ok(one && other);
  const plain = ({ text, ...rest }: Answer) => ({
    ...rest,
    text: text.replace(/"request_id":"[^"]*"/, '"request_id":""'),
  });
  assert.deepEqual(plain(one), plain(other), `${method} ${path}`);
  return one;
}

const FILES = [
  { path: '/openapi.json', type: 'application/json', source: 'openapi.json' },
  { path: '/headway.py', type: 'text/x-python; charset=utf-8', source: join('python', 'headway.py') },
];

for (const { path, type, source } of FILES) {
  test(`${path} is the file of this version, with its type and its tag`, async () => {
    const file = await readFile(join(PROJECT, source), 'utf8');
    const text = type === 'application/json' ? JSON.stringify(JSON.parse(file)) : file;
    const got = await both('GET', path);
    const ETag = `"${createHash('sha256').update(text).digest().subarray(0, 15).toString('base64url')}"`;
    assert.equal(got.text, text);
    assert.deepEqual([got.status, got.headers['content-type'], got.headers.etag], [200, type, ETag]);
    assert.equal(got.headers['cache-control'], 'private, no-cache');
    assert.match(got.headers['content-security-policy'] ?? '', /^default-src 'none'/);
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    const again = await both('GET', path, { 'If-None-Match': ETag });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', ETag]);
    const head = await both('HEAD', path);
    assert.deepEqual([head.status, head.text, head.headers.etag], [200, '', ETag]);
    const fromTheBar = await both('GET', path, NAVIGATION);
    assert.deepEqual([fromTheBar.status, fromTheBar.text], [200, text]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, headers } = await both(method, path);
      assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
    }
  });
}

test('what is no file is answered as it is without files, from an address bar too', async () => {
  const problem = 'application/problem+json';
  const cases: [path: string, status: number, type: string][] = [
    ['/', 404, problem],
    ['/nothing', 404, problem],
    ['/index.html', 404, problem],
    ['/headway.pyc', 404, problem],
    ['/assets/headway.py', 404, problem],
    ['/_headers', 404, problem],
    ['/../package.json', 404, problem],
    ['/%2e%2e/package.json', 404, problem],
    ['/..%2fpackage.json', 404, problem],
    ['/headway.py%00', 404, problem],
    ['/.%2fheadway.py', 404, problem],
    ['/api/jobs', 401, problem],
    ['/api/nothing', 404, problem],
    ['/v1/api/jobs/x', 401, 'application/json'],
    ['/r/none', 401, 'text/plain; charset=utf-8'],
    ['/api/jobs/x/badge.svg', 401, problem],
    ['/healthz', 200, 'application/json'],
  ];
  for (const headers of [{}, NAVIGATION]) {
    for (const [path, status, type] of cases) {
      const answer = await both('GET', path, headers);
      assert.deepEqual([path, answer.status, answer.headers['content-type']], [path, status, type]);
    }
  }
});
