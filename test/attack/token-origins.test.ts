/** What pages of other origins may do with a token. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient, send } from '../support/client.ts';
import { makeToken } from '../support/tokens.ts';
import { makeRunningJob } from './bystander.ts';
import { expectRefusal } from './refusal.ts';

let client: Client;
let job: string;
beforeAll(async () => {
  client = await makeClient();
  job = await makeRunningJob(client);
});

describe('other origins', () => {
  it('may read what answers a token, and nothing that answers a key', async () => {
    const token = await makeToken(client, job, 'read');
    const headers = { Origin: 'https://page.example' };
    const name = 'Access-Control-Allow-Origin';
    for (const credential of [token, `${token}x`]) {
      const answer = await send(credential, 'GET', `/api/jobs/${job}`, { headers });
      expect(answer.headers.get(name)).toBe('*');
      expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false);
    }
    for (const credential of [client.key, 'nonsense', null]) {
      expect((await send(credential, 'GET', `/api/jobs/${job}`, { headers })).headers.has(name)).toBe(false);
    }
  });

  it('may ask first where a token opens something, and nowhere else', async () => {
    const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'POST' };
    const answer = await send(null, 'OPTIONS', `/api/jobs/${job}/progress`, { headers });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Allow-Methods')).toBe('POST');
    expect(answer.headers.get('Access-Control-Allow-Headers')).toContain('authorization');
    expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false);
    const one = await send(null, 'OPTIONS', `/api/jobs/${job}`, { headers });
    expect(one.headers.get('Access-Control-Allow-Methods')).toBe('GET');
    const list = await send(null, 'OPTIONS', '/api/jobs', { headers });
    expect(list.headers.get('Access-Control-Allow-Methods')).toBe('GET');
    for (const path of ['/api/tokens', '/api/keys', `/api/jobs/${job}/tokens`, '/admin/orgs', '/healthz']) {
      expectRefusal(await send(null, 'OPTIONS', path, { headers }), 405, 'method_not_allowed');
    }
    expectRefusal(await send(null, 'OPTIONS', `/api/jobs/${job}/progress`), 405, 'method_not_allowed');
  });

  it('may send whatever header they ask for, wherever a token opens something', async () => {
    const token = await makeToken(client, job, 'report');
    const allowed = async (asked: string, path = `/api/jobs/${job}/progress`) => {
      const headers = {
        Origin: 'https://page.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': asked,
      };
      const answer = await send(null, 'OPTIONS', path, { headers });
      expect([answer.status, answer.headers.get('Vary')]).toEqual([204, 'Access-Control-Request-Headers']);
      expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false);
      return (answer.headers.get('Access-Control-Allow-Headers') ?? '').split(', ');
    };
    const tracing = ['authorization', 'traceparent', 'baggage', 'sentry-trace', 'x-request-id'];
    const paths = [`/api/jobs/${job}/progress`, `/api/jobs/${job}/stream`, `/r/${token}/done`];
    for (const path of paths)
      expect(await allowed(tracing.join(', '), path)).toEqual(expect.arrayContaining(tracing));
    expect(await allowed('Baggage,TRACEPARENT')).toEqual(expect.arrayContaining(['baggage', 'traceparent']));
    const always = await allowed('');
    for (const bad of ['a b', '<script>', 'a:b', '(x)', 'x'.repeat(101), '{}', '"a"']) {
      expect(await allowed(bad), bad).toEqual(always);
    }
    const flood = Array.from({ length: 400 }, (_, n) => `x-${n}`).join(',');
    expect((await allowed(flood)).length).toBeLessThanOrEqual(always.length + 50);
  });
});
