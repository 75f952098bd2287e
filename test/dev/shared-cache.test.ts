/** Two organizations behind nginx as a shared cache that keeps whatever it may: neither is shown what is the other's. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Client } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { type Running, Workplace } from './commands.ts';
import { freePort } from './free-port.ts';
import { Live, SECRETS } from './live.ts';
import { startNginx } from './nginx.ts';

const permissions = ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage', 'audit:read'];
/** What no credential opens is told to everybody; its answers may come from the cache. */
const OPEN = ['/healthz', '/openapi.json', '/confirm.css'];
/** They end when their reader goes, or act; or are nothing for a program, or without the name of a file. */
const LEFT_OUT = /\/(?:stream|socket)$|^\/r\/|^\/hooks\/|^\/$|\/assets\/\{file\}$/;

let live: Live;
let place: Workplace;
let nginx: Running;
let cache: string;
let one: Client;
let other: Client;
/** Every GET of the service, its parameters those of the first organization. */
let paths: string[];
before(async () => {
  live = await Live.start(undefined, { permissions });
  place = await Workplace.make();
  const port = await freePort();
  cache = `http://127.0.0.1:${port}`;
  // The key is nginx's own: it knows no credential. What comes without a word about caches is kept, refusals too.
  nginx = await startNginx(
    place,
    `proxy_cache_path ${place.path('cache')} keys_zone=shared:1m;
     server { listen 127.0.0.1:${port}; access_log off; location / {
       proxy_cache shared; proxy_cache_valid any 10m; proxy_cache_methods GET HEAD;
       add_header X-Cache $upstream_cache_status always; proxy_pass ${live.client.url};
     } }\n`,
  );
  one = live.client;
  const operator = new Operator(one.url, SECRETS.ADMIN_TOKEN);
  other = await operator.newClient(await operator.newOrganization(), permissions);
  paths = await everyGet(one);
  for (let up = false; !up; ) {
    assert.equal(nginx.child.exitCode, null, nginx.stderr());
    up = await fetch(`${cache}/healthz`).then(
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

/** The paths of all GETs, of a client that has one of everything; its jobs are one at work and one long settled. */
async function everyGet(client: Client): Promise<string[]> {
  const made = async (path: string, body: object) => {
    const answer = await client.post(path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.json));
    return answer.json;
  };
  const [atWork, settled] = [await client.createJob(), await client.createJob()];
  await client.report(settled, { mark_completed: true });
  const mapping = { action: 'create', set: { job_type: 'import', total_items: 1 } };
  const ids: Record<string, string> = {
    badge: 'import.svg',
    organization_id: client.organization,
    key_id: (await made('/api/keys', { name: 'k', permissions: ['job:read'] })).key_id,
    webhook_id: (await made('/api/webhooks', { url: 'https://receiver.example/', enabled: false }))
      .webhook_id,
    hook_id: (await made('/api/hooks', { name: 'h', verification: { scheme: 'token' }, mapping })).hook_id,
  };
  const document = JSON.parse(await readFile(new URL('../../openapi.json', import.meta.url), 'utf8'));
  return Object.entries(document.paths as Record<string, object>)
    .filter(([path, methods]) => 'get' in methods && !LEFT_OUT.test(path))
    .flatMap(([path]) =>
      (/\{(?:job_)?id\}/.test(path) ? [atWork, settled] : ['']).map((job) =>
        path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? job),
      ),
    );
}

interface Seen {
  status: number;
  text: string;
  cache: string | null;
}

async function see(base: string, path: string, credential: string | null, headers = {}): Promise<Seen> {
  const authorization = credential === null ? {} : { Authorization: `Bearer ${credential}` };
  const response = await fetch(base + path, { headers: { ...authorization, ...headers } });
  const body = (await response.text()).replace(/"request_id":"[^"]*"/, '');
  // What counts the very requests is the same but for the figures.
  const text = path === '/metrics' ? body.replace(/ \d+$/gm, '') : body;
  return { status: response.status, text, cache: response.headers.get('X-Cache') };
}

test('every GET: each is answered through the cache as without it, whoever asked before', async () => {
  const credentials = [one.apiKey, other.apiKey, SECRETS.ADMIN_TOKEN, null];
  const opened = new Set<string>();
  for (const path of paths) {
    for (const credential of [...credentials, ...credentials]) {
      const [direct, cached] = [await see(one.url, path, credential), await see(cache, path, credential)];
      assert.deepEqual([cached.status, cached.text], [direct.status, direct.text], path);
      if (!OPEN.includes(path)) assert.notEqual(cached.cache, 'HIT', path);
      if (cached.status === 200) opened.add(path);
    }
  }
  // Each was there to be taken, by one of them.
  assert.deepEqual(
    paths.filter((path) => !opened.has(path)),
    [],
  );
});

test('a conditional GET, another organization header and a HEAD cross nothing either', async () => {
  const job = paths.find((path) => /^\/api\/jobs\/[0-9a-f-]{36}$/.test(path)) ?? '';
  const { etag = '' } = Object.fromEntries(
    (await fetch(one.url + job, { headers: { Authorization: `Bearer ${one.apiKey}` } })).headers,
  );
  for (const headers of [
    { 'If-None-Match': etag },
    { 'X-Organization-ID': one.organization },
    { Cookie: 'stytch_session=x' },
  ]) {
    for (const credential of [one.apiKey, other.apiKey, null]) {
      const cached = await see(cache, job, credential, headers);
      const direct = await see(one.url, job, credential, headers);
      // A cache asks for the whole, whatever its client has.
      const whole = direct.status === 304 ? await see(one.url, job, credential) : direct;
      assert.deepEqual([cached.status, cached.text], [whole.status, whole.text], JSON.stringify(headers));
    }
  }
  const head = async (key: string) =>
    (await fetch(cache + job, { method: 'HEAD', headers: { Authorization: `Bearer ${key}` } })).status;
  assert.deepEqual(
    [await head(one.apiKey), await head(other.apiKey), await head(one.apiKey)],
    [200, 404, 200],
  );
});

test('the cache keeps what it may: what is the same for everybody', async () => {
  await see(cache, '/confirm.css', null);
  assert.equal((await see(cache, '/confirm.css', null)).cache, 'HIT');
});
