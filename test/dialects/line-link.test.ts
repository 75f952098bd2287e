/** A link that reports: what a browser that follows it is shown, and what a program that asks for it does. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient, send } from '../support/client';
import { makeToken } from '../support/tokens';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

async function link(path: string) {
  const id = await client.createJob({ total_items: 4 });
  const token = await makeToken(client, id, 'report', { allow_get: true });
  const follow = (headers: Record<string, string>) => send(null, 'GET', `/r/${token}${path}`, { headers });
  const job = async () => (await client.get(`/api/jobs/${id}`)).json;
  return { token, follow, job };
}

const BROWSERS: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Mode': 'navigate', Accept: '*/*' },
  { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' },
  { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html' },
];

describe.each(['', '/start', '/done', '/fail', '/exit/3', '/exit', '/warn', '/error'])('%j', (path) => {
  it('does nothing for a browser but show a page with one button, which posts', async () => {
    const { follow, job } = await link(`${path}?text=%3Cscript%3E%22%27%26x%3C%2Fscript%3E&warn=3`);
    const before = await job();
    for (const headers of BROWSERS) {
      const page = await follow(headers);
      expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers.get('Cache-Control')).toBe('no-store');
      expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(page.headers.get('Content-Security-Policy')).toBe(
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(page.text).not.toMatch(/<script|style=|<style|\son\w+=|hwt_/);
      expect(page.text.match(/<button/g)).toHaveLength(1);
      expect(page.text).toContain('<form method="post" enctype="multipart/form-data">');
      expect(page.text).toContain('value="&#60;script&#62;&#34;&#39;&#38;x&#60;/script&#62;"');
    }
    expect(await job()).toEqual(before);
  });

  it.each(['*/*', 'text/plain', ''])('reports for a program that accepts %j', async (Accept) => {
    const { follow, job } = await link(path === '' ? '?text=1/4' : path);
    const before = await job();
    const answer = await follow({ Accept });
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect((await job()).revision).toBeGreaterThan(before.revision);
  });
});

it('a page is shown to those alone whose token may report so', async () => {
  const id = await client.createJob();
  const headers = { Accept: 'text/html' };
  const strict = await makeToken(client, id, 'report');
  expect((await send(null, 'GET', `/r/${strict}/done`, { headers })).status).toBe(403);
  expect((await send(null, 'GET', '/r/x/done', { headers })).status).toBe(401);
});

it('its style is one sheet that any browser may keep', async () => {
  const style = await send(null, 'GET', '/confirm.css');
  expect([style.status, style.headers.get('Content-Type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(style.headers.get('Cache-Control')).toBe('public, max-age=3600');
  expect(style.text).not.toMatch(/url\(|@import/);
});
