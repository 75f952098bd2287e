/** Making, using and losing tokens for one job. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, type Client, makeClient, makeKey, send } from '../support/client.ts';
import { countRows } from '../support/count-rows.ts';
import { jobStub } from '../support/objects.ts';
import { makeToken, SCOPES } from '../support/tokens.ts';
import { makeRunningJob } from './bystander.ts';
import { expectRefusal, fingerprint } from './refusal.ts';

let client: Client;
let job: string;
beforeAll(async () => {
  client = await makeClient();
  job = await makeRunningJob(client);
});

const ask = (fields: unknown, jobId = job, by = client) => by.post(`/api/jobs/${jobId}/tokens`, fields);
const read = (token: string, jobId = job) => send(token, 'GET', `/api/jobs/${jobId}`);

describe('making one', () => {
  it('answers what it is, once', async () => {
    const before = Date.now();
    const { status, json } = await ask({ scope: 'report', expires_in: 60, allow_get: true });
    expect(status).toBe(201);
    expect(Object.keys(json).sort()).toEqual(['allow_get', 'expires_at', 'job_id', 'scope', 'token']);
    expect(json).toMatchObject({ job_id: job, scope: 'report', allow_get: true });
    const life = Date.parse(json.expires_at) - before;
    expect(life).toBeGreaterThanOrEqual(60_000);
    expect(life).toBeLessThan(70_000);
  });

  it('lasts an hour where nobody says, 365 days at most for pictures, 30 for the rest', async () => {
    const hour = Date.parse((await ask({ scope: 'read' })).json.expires_at) - Date.now();
    expect(Math.round(hour / 60_000)).toBe(60);
    for (const [scope, days] of [
      ['picture', 365],
      ['read', 30],
      ['report', 30],
    ] as const) {
      const longest = days * 86_400;
      expect((await ask({ scope, expires_in: longest })).status).toBe(201);
      const answer = await ask({ scope, expires_in: longest + 1 });
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors).toEqual([
        { path: 'expires_in', message: expect.stringContaining(String(longest)) },
      ]);
    }
  });

  it.each([
    {},
    { scope: 'all' },
    { scope: 'read', expires_in: 0 },
    { scope: 'read', expires_in: -1 },
    { scope: 'read', expires_in: 1.5 },
    { scope: 'read', expires_in: '60' },
    { scope: 'read', allow_get: true },
    { scope: 'picture', allow_get: true },
    { scope: 'read', allow_get: 'yes' },
    { scope: 'read', job_id: 'x' },
  ])('%j is a 422', async (fields) => {
    expectRefusal(await ask(fields), 422, 'validation_failed');
  });

  it('takes job:create for reports and job:read for the rest; revoking takes job:create', async () => {
    const reader = await makeKey(client.organization, ['job:read']);
    const worker = await makeKey(client.organization, ['job:create']);
    const others = await makeKey(client.organization, ['job:cancel', 'key:manage', 'webhook:manage']);
    const tried = [
      [reader, 'picture', 201],
      [reader, 'read', 201],
      [reader, 'report', 403],
      [worker, 'picture', 403],
      [worker, 'read', 403],
      [worker, 'report', 201],
      [others, 'picture', 403],
      [others, 'report', 403],
    ] as const;
    for (const [by, scope, status] of tried) {
      const answer = await ask({ scope }, job, by);
      expect([scope, answer.status], answer.text).toEqual([scope, status]);
      if (status === 403) expectRefusal(answer, 403, 'permission_denied');
      if (status === 403 && by !== others)
        expect(answer.text).toContain(scope === 'report' ? 'job:create' : 'job:read');
    }
    expectRefusal(await reader.send('DELETE', `/api/jobs/${job}/tokens`), 403, 'permission_denied');
  });

  it('a token may do nothing that its key may not', async () => {
    const worker = await makeKey(client.organization, ['job:create']);
    const token = await makeToken(worker, job, 'report');
    const report = await send(token, 'POST', `/api/jobs/${job}/progress`, { body: { processed_items: 4 } });
    expect(report.status, report.text).toBe(200);
    const answer = await read(token);
    expectRefusal(answer, 403, 'permission_denied');
    expect(answer.text).toContain('job:read');
  });

  it('writes nothing; revoking writes one row, and its record until the index has it', async () => {
    const stub = await jobStub(client.organization, job);
    expect(await countRows(stub, () => ask({ scope: 'read' }))).toBe(0);
    const id = await client.createJob();
    const other = await jobStub(client.organization, id);
    const path = `/api/jobs/${id}/tokens`;
    expect(await countRows(other, () => client.send('DELETE', path))).toBe(3);
    expect(await countRows(other, () => client.send('DELETE', path))).toBe(3);
  });
});

describe('losing one', () => {
  it('revokes all of a job at once, those of other jobs and later ones not', async () => {
    const [one, other] = [await makeRunningJob(client), await makeRunningJob(client)];
    const tokens = await Promise.all([makeToken(client, one, 'read'), makeToken(client, one, 'report')]);
    const kept = await makeToken(client, other, 'read');
    const revision = (await client.get(`/api/jobs/${one}`)).json.revision;
    for (let times = 0; times < 3; times++) {
      expect((await client.send('DELETE', `/api/jobs/${one}/tokens`)).status).toBe(204);
      for (const token of tokens) expectRefusal(await read(token, one), 401, 'unauthenticated');
      tokens.push(await makeToken(client, one, 'read'));
      expect((await read(tokens.at(-1) ?? '', one)).status).toBe(200);
    }
    expect((await read(kept, other)).status).toBe(200);
    expect((await client.get(`/api/jobs/${one}`)).json.revision).toBe(revision);
  });

  it('a revoked report token changes nothing, not even the sign of life', async () => {
    const id = await makeRunningJob(client);
    const token = await makeToken(client, id, 'report');
    await client.send('DELETE', `/api/jobs/${id}/tokens`);
    const stub = await jobStub(client.organization, id);
    const rows = await countRows(stub, async () => {
      for (const verb of ['progress', 'heartbeat']) {
        const body = verb === 'progress' ? { processed_items: 9 } : undefined;
        const answer = await send(token, 'POST', `/api/jobs/${id}/${verb}`, { body });
        expectRefusal(answer, 401, 'unauthenticated');
      }
    });
    expect(rows).toBe(0);
  });

  it('ends with its time, its key and a revocation, all of them with one 401; without its job it is a 404', async () => {
    const key = await makeKey(client.organization);
    const deleted = await client.createJob();
    const tokens = {
      expired: await makeToken(client, job, 'read', { expires_in: 20 }),
      orphaned: await makeToken(key, job, 'read'),
      revoked: await makeToken(client, job, 'read'),
    };
    const gone = await makeToken(client, deleted, 'read');
    for (const token of Object.values(tokens)) expect((await read(token)).status).toBe(200);
    await client.post(`/api/jobs/${deleted}/cancel`);
    await client.send('DELETE', `/api/jobs/${deleted}`);
    await client.send('DELETE', `/api/keys/${key.keyId}`);
    await client.send('DELETE', `/api/jobs/${job}/tokens`);
    const standing = await makeToken(client, job, 'read');
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    const answers: Answer[] = [];
    try {
      vi.setSystemTime(now + 31_000);
      for (const token of Object.values(tokens)) answers.push(await read(token));
      expectRefusal(await read(gone, deleted), 404, 'job_not_found');
      expect((await read(standing)).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
    for (const answer of answers) expectRefusal(answer, 401, 'unauthenticated');
    expect(new Set(answers.map(fingerprint)).size).toBe(1);
  });

  it('a job made again under the same id takes none of the tokens of the one before', async () => {
    const key = { 'Idempotency-Key': 'again' };
    const body = { job_type: 'import', total_items: 1 };
    const id = (await client.post('/api/jobs', body, key)).json.job_id;
    const token = await makeToken(client, id, 'report', { expires_in: 30 * 86_400 });
    await client.post(`/api/jobs/${id}/cancel`);
    await client.send('DELETE', `/api/jobs/${id}`);
    const stub = await jobStub(client.organization, id);
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(now + 42 * 86_400_000);
      await runDurableObjectAlarm(stub);
      const again = await client.post('/api/jobs', body, key);
      expect([again.status, again.json.job_id]).toEqual([201, id]);
      vi.setSystemTime(now + 29 * 86_400_000);
      expectRefusal(await read(token, id), 401, 'unauthenticated');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('where it may stand', () => {
  it('in the address it is no credential on routes that take it in the header', async () => {
    const token = await makeToken(client, job, 'report');
    const doors = [
      ['GET', `/api/jobs/${job}`],
      ['GET', `/api/jobs/${job}/logs`],
      ['GET', '/api/jobs'],
      ['POST', `/api/jobs/${job}/heartbeat`],
    ] as const;
    for (const [method, path] of doors) {
      expectRefusal(await send(null, method, `${path}?token=${token}`), 401, 'unauthenticated');
      const beside = await client.send(method, `${path}?token=${token}`);
      expectRefusal(beside, 422, 'validation_failed');
      expect(beside.text).not.toContain(token);
    }
  });

  it('is read from one Authorization header, as a bearer', async () => {
    const token = await makeToken(client, job, 'read');
    for (const value of [token, `Basic ${token}`, `Bearer ${token}, Bearer ${token}`, `Bearer ${token}x`]) {
      const answer = await send(null, 'GET', `/api/jobs/${job}`, { headers: { Authorization: value } });
      expectRefusal(answer, 401, 'unauthenticated');
    }
    const cookie = { Cookie: `stytch_session=${token}` };
    expectRefusal(await send(null, 'GET', `/api/jobs/${job}`, { headers: cookie }), 401, 'unauthenticated');
  });

  it('selects no other organization', async () => {
    const other = await makeClient();
    const token = await makeToken(client, job, 'read');
    for (const [organization, status] of [
      [client.organization, 200],
      [other.organization, 403],
      ['nobody', 403],
    ] as const) {
      const headers = { 'X-Organization-ID': organization };
      expect((await send(token, 'GET', `/api/jobs/${job}`, { headers })).status).toBe(status);
    }
  });
});

it('no line of the log and no refusal holds a token', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    const answers: Answer[] = [];
    for (const scope of SCOPES) {
      const token = await makeToken(client, job, scope);
      const bad = `${token.slice(0, -1)}!`;
      for (const path of [`/api/jobs/${job}`, '/api/jobs', '/nowhere', `/r/${token}/nowhere`]) {
        for (const shown of [token, bad]) {
          answers.push(await send(shown, 'GET', path));
          answers.push(await send(shown, 'PUT', `${path}?token=${shown}`));
          answers.push(await send(null, 'GET', `${path}?token=${shown}`));
        }
      }
    }
    expect(lines.length).toBeGreaterThan(answers.length / 2);
    for (const text of [...lines, ...answers.map(({ text }) => text)]) expect(text).not.toContain('hwt_');
  } finally {
    log.mockRestore();
  }
});
