/** A page on another port of loopback, which a browser counts as the same site: it sends the victim's cookie along. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ALLOW_PRIVATE } from '../../dev/service/workerd-config.ts';
import { issued } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { SessionProvider } from '../contract/session-provider.ts';
import { CHROMIUM } from './chromium-args.ts';
import { Live, SECRETS } from './live.ts';

const EXTERNAL = 'organization-test-browser';

let live: Live;
let provider: SessionProvider;
let pages: Server;
let browser: Browser;
let context: BrowserContext;
before(async () => {
  provider = await SessionProvider.start();
  live = await Live.start(undefined, { variables: { ...provider.variables, [ALLOW_PRIVATE]: '1' } });
  const { url, organization } = live.client;
  await new Operator(url, SECRETS.ADMIN_TOKEN).nameAtProvider(organization, EXTERNAL);
  pages = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  browser = await chromium.launch(CHROMIUM);
  context = await browser.newContext();
  const { session_token: value } = await provider.signIn({
    organization_id: EXTERNAL,
    roles: ['stytch_admin'],
  });
  for (const secret of provider.secrets) issued.add(secret);
  await context.addCookies([{ name: 'stytch_session', value, domain: '127.0.0.1', path: '/' }]);
});
after(async () => {
  await browser?.close();
  pages?.close();
  provider?.stop();
  await live?.stop();
});

/** What the page tries, each by its name: what it could read of the answer, null where it was told nothing. */
const ATTEMPTS = `
  const body = JSON.stringify({ job_type: 'import', total_items: 1, triggered_by: 'evil' });
  const include = { credentials: 'include' };
  const readBy = (request) => request.then((answer) => (answer.type === 'opaque' ? null : answer.text()), () => null);
  const loaded = (tag, attributes) =>
    new Promise((resolve) => {
      const element = Object.assign(document.createElement(tag), attributes);
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve(null);
      document.body.append(element);
    });
  const told = (source, opened) =>
    new Promise((resolve) => {
      for (const event of [opened, 'message', 'snapshot', 'update'])
        source.addEventListener(event, ({ type, data }) => resolve(type + ' ' + data));
      source.addEventListener('error', () => resolve(null));
    });
  const attempts = {
    'a form of text': () => form('/api/jobs/', 'text/plain'),
    'a form of fields': () => form('/api/jobs/' + job + '/cancel', 'application/x-www-form-urlencoded'),
    'an empty form': () => form('/api/jobs/' + job + '/cancel', 'multipart/form-data', ''),
    'a fetch of text': () =>
      readBy(fetch(service + '/api/jobs/', { method: 'POST', mode: 'no-cors', body, ...include })),
    'a fetch without a body': () =>
      readBy(fetch(service + '/api/jobs/' + job + '/cancel', { method: 'POST', mode: 'no-cors', ...include })),
    'a fetch of JSON': () =>
      readBy(
        fetch(service + '/api/jobs/', {
          method: 'POST', body, headers: { 'Content-Type': 'application/json' }, ...include,
        }),
      ),
    'a deletion': () => readBy(fetch(service + '/api/jobs/' + ended, { method: 'DELETE', ...include })),
    'a read of a list': () => readBy(fetch(service + '/api/jobs/', include)),
    'a blind read': () => readBy(fetch(service + '/api/jobs/', { mode: 'no-cors', ...include })),
    'a beacon': () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
        navigator.sendBeacon(service + '/api/jobs/' + job + '/cancel', new Blob(['{}'], { type }));
      return null;
    },
    'a script': () => loaded('script', { src: service + '/api/jobs/' + job }),
    'a picture': () => loaded('img', { src: service + '/api/jobs/' + job + '/badge.svg' }),
    'a stream': () => told(new EventSource(service + '/api/jobs/' + job + '/stream', { withCredentials: true }), 'open'),
    'the feed': () => told(new EventSource(service + '/api/events/stream', { withCredentials: true }), 'open'),
    'a socket': () => told(new WebSocket(service.replace('http', 'ws') + '/api/jobs/' + job + '/socket'), 'open'),
  };
  function form(path, enctype, value = body) {
    const frame = Object.assign(document.createElement('iframe'), { name: 'f' + Math.random() });
    const element = Object.assign(document.createElement('form'), {
      action: service + path, method: 'post', enctype, target: frame.name,
    });
    if (value !== '') element.append(Object.assign(document.createElement('input'), { name: value, value: '' }));
    document.body.append(frame, element);
    return new Promise((resolve) => {
      element.submit();
      frame.onload = () => {
        try { resolve(frame.contentDocument?.body?.textContent || null); } catch { resolve(null); }
      };
    });
  }`;

interface Story {
  service: string;
  job: string;
  ended: string;
}

function tryAll(page: Page, story: Story): Promise<Record<string, unknown>> {
  const names = Object.entries(story).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  return page.evaluate(`(async () => {
    ${names.join('\n')}
    ${ATTEMPTS}
    const read = {};
    for (const [name, attempt] of Object.entries(attempts)) read[name] = await attempt();
    return read;
  })()`);
}

test('chromium: a page of another origin changes nothing and reads nothing with the cookie of whoever looks at it', async () => {
  const { client } = live;
  const job = await client.createJob();
  const ended = await client.createJob();
  await client.report(ended, { mark_completed: true });
  const seen = async () => [
    await client.job(job),
    await client.job(ended),
    (await client.get('/api/jobs/')).json,
  ];
  const before = await seen();

  const page = await context.newPage();
  const statuses = new Map<string, Set<number>>();
  page.on('response', (answer) => {
    const { pathname, port } = new URL(answer.url());
    const what = `${answer.request().method()} ${pathname}`;
    if (client.url.endsWith(port)) statuses.set(what, (statuses.get(what) ?? new Set()).add(answer.status()));
  });
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
  const read = await tryAll(page, { service: client.url, job, ended });
  for (const [name, text] of Object.entries(read)) assert.equal(text, null, `${name}: ${text}`);

  // A browser tells of what it may not read no more than that it failed; what it was answered otherwise was a refusal.
  const refused = (what: string) => [...(statuses.get(what) ?? [])];
  assert.deepEqual(refused('POST /api/jobs/'), [403]);
  assert.deepEqual(refused(`POST /api/jobs/${job}/cancel`), [403]);
  assert.deepEqual(await seen(), before);

  // The same cookie on a page of the service's own does all of this.
  await page.goto(`${client.url}/healthz`);
  const own = (await page.evaluate(`(async () => {
    const list = await fetch('/api/jobs/');
    const cancelled = await fetch('/api/jobs/${job}/cancel', { method: 'POST' });
    const told = new EventSource('/api/jobs/${ended}/stream');
    const opened = new Promise((resolve) => told.addEventListener('snapshot', () => resolve('snapshot')));
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/api/jobs/${ended}/socket');
    const message = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data).type)));
    return [list.status, cancelled.status, await opened, await message];
  })()`)) as unknown[];
  assert.deepEqual(own, [200, 200, 'snapshot', 'snapshot']);
  assert.equal((await client.job(job)).status, 'cancelled');
});
