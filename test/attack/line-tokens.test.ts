/** The one-line worker under attack: whose token opens it, by which method, and what a preview must not do. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Client, makeClient, send } from '../support/client.ts';
import { makeToken } from '../support/tokens.ts';
import { makeRunningJob } from './bystander.ts';
import { expectRefusal, fingerprint } from './refusal.ts';

const PATHS = ['', '/start', '/done', '/fail', '/exit/0', '/exit/1', '/exit', '/warn', '/error'];

let client: Client;
let job: string;
let before: string;
beforeAll(async () => {
  client = await makeClient();
  job = await makeRunningJob(client);
  before = (await client.get(`/api/jobs/${job}`)).text;
});
const unchanged = async () => expect((await client.get(`/api/jobs/${job}`)).text).toBe(before);

// The first of this file: beyond sixty a minute, refusals of a code write no line of their own.
it('lines of the log name the route, never the token', async () => {
  const token = await makeToken(client, await makeRunningJob(client), 'report', { allow_get: true });
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    for (const path of [...PATHS, '/nope', '/exit', '/exit/1/2', '/exit/x']) {
      for (const method of ['POST', 'GET', 'HEAD', 'PUT']) {
        for (const one of [token, `${token}A`]) {
          const answer = await send(null, method, `/r/${one}${path}`);
          expect(answer.text).not.toContain('hwt_');
        }
      }
    }
  } finally {
    log.mockRestore();
  }
  expect(lines.length).toBeGreaterThan(40);
  for (const line of lines) expect(line).not.toContain('hwt_');
  expect(lines.some((line) => JSON.parse(line).route === '/r/:token/exit/:code')).toBe(true);
});

it.each(PATHS)('%j: what is no standing report token is one 401, whatever comes beside it', async (path) => {
  const token = await makeToken(client, job, 'report');
  const ended = await makeRunningJob(client);
  const revoked = await makeToken(client, ended, 'report');
  await client.send('DELETE', `/api/jobs/${ended}/tokens`);
  const answers = new Set<string>();
  const flipped = [5, 20, 40, token.length - 1].map((at) => {
    return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  });
  const bad = [...flipped, revoked, client.key, job, 'x', 'hwt_', `${token}=`, token.toUpperCase(), '%00'];
  for (const text of bad) {
    for (const ask of [{}, { headers: { Authorization: `Bearer ${token}` } }]) {
      const answer = await send(null, 'POST', `/r/${text}${path}`, { ...ask, raw: '9/9' });
      expectRefusal(answer, 401, 'unauthenticated', 'line');
      answers.add(fingerprint(answer));
    }
  }
  expect(answers.size, [...answers].join('\n')).toBe(1);
  await unchanged();
});

it.each(PATHS)('%j: tokens of the other scopes are a 403', async (path) => {
  for (const scope of ['picture', 'read'] as const) {
    const token = await makeToken(client, job, scope);
    const answer = await send(null, 'POST', `/r/${token}${path}`, { raw: '9/9' });
    expectRefusal(answer, 403, 'permission_denied', 'line');
  }
  await unchanged();
});

describe.each(PATHS)('%j', (path) => {
  it('GET does nothing for a token made without allow_get, HEAD and the rest for none', async () => {
    const token = await makeToken(client, job, 'report');
    const willing = await makeToken(client, job, 'report', { allow_get: true });
    expectRefusal(await send(null, 'GET', `/r/${token}${path}`), 403, 'permission_denied', 'line');
    for (const one of [token, willing, 'x']) {
      const head = await send(null, 'HEAD', `/r/${one}${path}`);
      expect([head.status, head.headers.get('Allow'), head.text]).toEqual([405, 'POST, PUT, GET', '']);
      for (const method of ['PATCH', 'DELETE', 'OPTIONS']) {
        const answer = await send(null, method, `/r/${one}${path}`);
        expectRefusal(answer, 405, 'method_not_allowed', 'line');
      }
    }
    await unchanged();
  });

  it('a page may send to it, and is told nothing of cookies', async () => {
    const token = await makeToken(client, job, 'read');
    const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'POST' };
    const preflight = await send(null, 'OPTIONS', `/r/${token}${path}`, { headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toBe('POST, PUT, GET');
    const cookie = { Origin: 'https://page.example', Cookie: `stytch_session=${client.key}` };
    const answer = await send(null, 'POST', `/r/${token}${path}`, { headers: cookie, raw: '9/9' });
    expectRefusal(answer, 403, 'permission_denied', 'line');
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false);
    await unchanged();
  });
});

it.each(PATHS)('%j: a job that was deleted is a 404', async (path) => {
  const deleted = await client.createJob();
  const token = await makeToken(client, deleted, 'report');
  await client.post(`/api/jobs/${deleted}/cancel`);
  expect((await client.send('DELETE', `/api/jobs/${deleted}`)).status).toBe(204);
  for (const raw of ['', '9/9']) {
    const answer = await send(null, 'POST', `/r/${token}${path}`, { raw });
    expectRefusal(answer, 404, 'job_not_found', 'line');
  }
});

it('moves its own job alone, whatever the text names', async () => {
  const own = await makeRunningJob(client);
  const token = await makeToken(client, own, 'report');
  const text = JSON.stringify({ job_id: job, mark_completed: true });
  expect((await send(null, 'POST', `/r/${token}?job_id=${job}`, { raw: text })).status).toBe(200);
  const { json } = await client.get(`/api/jobs/${own}`);
  expect([json.status, json.last_message]).toEqual(['in_progress', text]);
});

/** Each refusal writes a line, a good answer now and then. */
