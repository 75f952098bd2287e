/** The files of a deployment, and all that is none: the same requests to `wrangler dev` and to `workerd serve`. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestHarness } from 'wrangler';
import { ASSETS } from '../../dev/build/build-assets.ts';
import { clientPackage } from '../../dev/build/client-package.ts';
import { PROJECT } from '../../dev/home.ts';
import { Live, SECRETS } from './live.ts';

const HEADERS = [
  ...['content-type', 'etag', 'cache-control', 'content-security-policy', 'allow', 'location'],
  ...['x-content-type-options', 'content-length', 'access-control-allow-origin'],
  'cross-origin-resource-policy',
];
const NAVIGATION = { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };

interface Answer {
  status: number;
  headers: Record<string, string>;
  /** A byte a character. */
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
      resolve({ status, headers: Object.fromEntries(shown), text: bytes.toString('latin1') });
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

const SCRIPT = 'text/javascript; charset=utf-8';
const FILES: Record<string, string> = {
  'openapi.json': 'application/json',
  'headway.py': 'text/x-python; charset=utf-8',
  'headway.tgz': 'application/gzip',
  'headway.js': SCRIPT,
  'headway.mjs': SCRIPT,
  'headway-job.js': SCRIPT,
};

for (const [name, type] of Object.entries(FILES)) {
  test(`/${name} is the file that was built, with its type and its tag, for any page`, async () => {
    const path = `/${name}`;
    const bytes = await readFile(join(ASSETS, name));
    const text = bytes.toString('latin1');
    const got = await both('GET', path);
    const ETag = `"${createHash('sha256').update(bytes).digest().subarray(0, 15).toString('base64url')}"`;
    assert.equal(got.text, text);
    assert.deepEqual([got.status, got.headers['content-type'], got.headers.etag], [200, type, ETag]);
    assert.equal(got.headers['cache-control'], 'private, no-cache');
    assert.match(got.headers['content-security-policy'] ?? '', /^default-src 'none'/);
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    assert.equal(got.headers['access-control-allow-origin'], '*');
    assert.equal(got.headers['cross-origin-resource-policy'], 'cross-origin');
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

test('the files are of this version', async () => {
  const asset = (name: string) => readFile(join(ASSETS, name), 'utf8');
  const source = (...names: string[]) => readFile(join(PROJECT, ...names), 'utf8');
  assert.equal(await asset('headway.py'), await source('python', 'headway.py'));
  assert.deepEqual(JSON.parse(await asset('openapi.json')), JSON.parse(await source('openapi.json')));
  assert.deepEqual(await readFile(join(ASSETS, 'headway.tgz')), await clientPackage());
});

test('what is no file is answered as it is without files, from an address bar too', async () => {
  const problem = 'application/problem+json';
  const cases: [path: string, status: number, type: string][] = [
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
