/** Whom a request may say the service is: the Host it names, and what a proxy says of the scheme. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../src/config';
import { originOf } from '../../src/http/origin';
import { makeClient, ORIGIN } from '../support/client';

const GOOD = [
  'a',
  'jobs.example.com',
  'jobs.example.com:8787',
  '127.0.0.1:80',
  '[::1]',
  '[::1]:8787',
  'my_service:1',
];
const BAD = [
  'host:99999',
  ...['a b', 'a@b', 'a/b', 'a?b', 'a#b', 'a\\b', 'a,b', 'a:b', 'a:', 'a:123456', ':80', '-a', '%61', 'a%2eb'],
  ...['[::1', '[x]', '[::1]x', '[]', 'a'.repeat(260), 'gööd', "a'b", 'a\tb', 'http://a', 'user:pass@a:1'],
];

function ask(path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(ORIGIN + path, { ...init, headers }));
}

describe('the Host', () => {
  it.each(GOOD)('may be %s', async (Host) => {
    expect((await ask('/healthz', { Host })).status).toBe(200);
  });

  it.each(BAD)('may not be %s, whatever is asked for', async (Host) => {
    for (const path of ['/healthz', '/nowhere', '/api/jobs/']) {
      const answer = await ask(path, { Host });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        400,
        'invalid_request',
      ]);
    }
  });
});

describe('the links of an answer', () => {
  const url = 'http://10.0.0.7:8787/api/hooks';
  const https = new Headers({ 'X-Forwarded-Proto': 'https' });

  it('name the host of the request, or one of OWN_HOSTS where they are set', () => {
    const of = (ownHosts: string[], at = url) =>
      originOf(at, new Headers(), { ownHosts, publicOrigin: null, trustProxy: false });
    expect(of([])).toBe('http://10.0.0.7:8787');
    expect(of(['jobs.example.com', 'other.example.com'])).toBe('http://jobs.example.com');
    expect(of(['jobs.example.com', 'Other.example.com'], 'https://other.example.com/x')).toBe(
      'https://other.example.com',
    );
    expect(of(['jobs.example.com'], 'https://jobs.example.com:1/x')).toBe('https://jobs.example.com');
  });

  it('are those of PUBLIC_URL, whatever the request and a proxy say', () => {
    const config = {
      ownHosts: ['other.example.com'],
      publicOrigin: 'https://jobs.example.com',
      trustProxy: true,
    };
    expect(originOf(url, new Headers({ 'X-Forwarded-Proto': 'http' }), config)).toBe(
      'https://jobs.example.com',
    );
  });

  it('have the scheme that a trusted proxy tells, and nobody else', () => {
    const of = (headers: Headers, trustProxy: boolean) =>
      originOf(url, headers, { ownHosts: [], publicOrigin: null, trustProxy });
    expect(of(https, true)).toBe('https://10.0.0.7:8787');
    expect(of(https, false)).toBe('http://10.0.0.7:8787');
    expect(of(new Headers({ 'X-Forwarded-Proto': ' HTTPS , http' }), true)).toBe('https://10.0.0.7:8787');
    for (const bad of ['javascript', 'https://x', '', 'ftp', 'httpss']) {
      expect(of(new Headers({ 'X-Forwarded-Proto': bad }), true)).toBe('http://10.0.0.7:8787');
    }
  });

  it('are those of a hook: no forwarded header moves its URL', async () => {
    expect(env).not.toHaveProperty('TRUST_PROXY');
    const client = await makeClient();
    const body = {
      name: 'h',
      verification: { scheme: 'token' },
      mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
    };
    const headers = {
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'evil.example',
      Forwarded: 'host=evil',
    };
    const made = await client.send('POST', '/api/hooks', { body, headers });
    expect(made.json.url).toMatch(/^https:\/\/headway\.test\/hooks\//);
  });
});

describe('PUBLIC_URL and WEBHOOK_HOSTS', () => {
  const secrets = { ROOT_SECRET: 'r'.repeat(40), ADMIN_TOKEN: 'a'.repeat(40) };
  const config = (variables: Record<string, string>) => configOf({ ...env, ...secrets, ...variables });

  it('are an origin, and hosts', () => {
    expect(config({}).publicOrigin).toBe(null);
    const { publicOrigin, ownHosts } = config({ PUBLIC_URL: 'https://Jobs.example.com:8443/' });
    expect([publicOrigin, ownHosts]).toEqual(['https://jobs.example.com:8443', ['jobs.example.com:8443']]);
    expect(() => config({ WEBHOOK_HOSTS: 'ntfy.lan:8080, chat, [fd00::1]:80' })).not.toThrow();
  });

  it.each([
    'jobs.example.com',
    'https://a/b',
    'https://a?b',
    'https://u:p@a',
    'ftp://a',
    'https://a#',
    'javascript:x',
  ])('PUBLIC_URL can’t be %s', (text) =>
    expect(() => config({ PUBLIC_URL: text })).toThrow('PUBLIC_URL must be https://host[:port]'),
  );

  it.each(['http://ntfy.lan', 'a b', 'a/b', 'a@b', 'a:port'])('WEBHOOK_HOSTS can’t be %s', (text) => {
    expect(() => config({ WEBHOOK_HOSTS: `chat,${text}` })).toThrow('WEBHOOK_HOSTS must be hosts');
  });
});
