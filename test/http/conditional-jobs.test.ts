import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app';
import { JobDO } from '../../src/objects/job/job-do';
import { type Answer, type Client, makeClient, makeKey, ORIGIN, send } from '../support/client';

/** Conditional polls over HTTP, as the three surfaces answer them, and what they cost the job's object. */

const PATHS = { a: '/api/jobs/', b: '/v1/api/jobs/', c: '/api/v1/jobs/' };
const SURFACES = Object.entries(PATHS);

let client: Client;
let jobId: string;
beforeAll(async () => {
  client = await makeClient();
});
beforeEach(async () => {
  jobId = await client.createJob();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const poll = (path: string, tag: string, headers: Record<string, string> = {}, who = client) =>
  who.get(path, { headers: { 'If-None-Match': tag, ...headers } });
const countReads = () => vi.spyOn(JobDO.prototype, 'get').mock.calls;
const shown = ({ headers }: Answer) =>
  ['ETag', 'Cache-Control', 'Vary', 'Job-Status', 'Job-Revision', 'Retry-After'].map((name) =>
    headers.get(name),
  );

describe.each(SURFACES)('a job on surface %s', (mark, prefix) => {
  it('has a tag of its revision; a reader that holds it gets a 304 with the same headers and no body', async () => {
    const path = prefix + jobId;
    const whole = await client.get(path);
    expect([whole.status, ...shown(whole)]).toEqual([
      ...[200, `"${mark}-1"`, 'private, no-cache', 'Cookie', 'pending', '1', '5'],
    ]);
    for (const tag of [`"${mark}-1"`, `W/"${mark}-1"`, `"x", "${mark}-1"`, '*']) {
      const none = await poll(path, tag);
      expect([none.status, none.text, none.headers.get('Content-Type')]).toEqual([304, '', null]);
      expect(shown(none)).toEqual(shown(whole));
    }
    for (const other of ['a', 'b', 'c'].filter((name) => name !== mark)) {
      expect((await poll(path, `"${other}-1"`)).status).toBe(200);
    }
  });

  it('answers HEAD likewise, without a body', async () => {
    const head = (headers: Record<string, string>) => client.send('HEAD', prefix + jobId, { headers });
    const [whole, none] = [await head({}), await head({ 'If-None-Match': `"${mark}-1"` })];
    expect([whole.status, none.status, whole.text, none.text]).toEqual([200, 304, '', '']);
    expect(shown(none)).toEqual(shown(whole));
    expect(whole.headers.get('ETag')).toBe(`"${mark}-1"`);
  });

  it('shows a change to a reader that held the job before it, at once', async () => {
    await poll(prefix + jobId, `"${mark}-1"`);
    await client.report(jobId, { mark_started: true, processed_items: 3 });
    const changed = await poll(prefix + jobId, `"${mark}-1"`);
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, `"${mark}-2"`]);
    expect(changed.text).toBe((await client.get(prefix + jobId)).text);
  });

  it('is settled only where it was when it was asked for', async () => {
    const { json } = await client.post(`/api/jobs/${jobId}/cancel`);
    const closed = Date.parse(json.cancellation.requested_at) + 300_000;
    const kept = async () => (await poll(prefix + jobId, `"${mark}-2"`)).headers.get('Cache-Control');
    vi.useFakeTimers({ toFake: ['Date'], now: closed - 100 });
    expect(await kept()).toBe('private, no-cache');
    vi.setSystemTime(closed + 100);
    expect(await kept()).toBe('private, no-cache');
    vi.setSystemTime(closed + 2_000);
    expect(await kept()).toBe('private, max-age=60');
  });

  it('says when to look again until it has ended, and stays fresh once it is settled', async () => {
    await client.report(jobId, { mark_started: true, mark_completed: true });
    const whole = await client.get(prefix + jobId);
    const none = await poll(prefix + jobId, whole.headers.get('ETag') ?? '');
    const settled = [
      'private, max-age=60',
      'Authorization, X-Organization-ID, Cookie',
      'completed',
      '2',
      null,
    ];
    expect([none.status, ...shown(none).slice(1)]).toEqual([304, ...settled]);
    expect(shown(whole)).toEqual(shown(none));
  });

  it('is not settled while a cancelled worker may still speak', async () => {
    await client.post(`/api/jobs/${jobId}/cancel`);
    const waiting = await client.get(prefix + jobId);
    expect(shown(waiting).slice(1)).toEqual(['private, no-cache', 'Cookie', 'cancelled', '2', null]);
    await client.report(jobId, { mark_failed: 'stopped' });
    const acknowledged = await client.get(prefix + jobId);
    expect(acknowledged.headers.get('Cache-Control')).toBe('private, max-age=60');
  });

  it('is a 404 as soon as it is deleted, whatever its reader holds', async () => {
    await client.report(jobId, { mark_completed: true });
    const tag = (await client.get(prefix + jobId)).headers.get('ETag') ?? '';
    expect((await poll(prefix + jobId, tag)).status).toBe(304);
    await client.send('DELETE', `/api/jobs/${jobId}`);
    const gone = [await poll(prefix + jobId, tag), await poll(prefix + jobId, '*')];
    for (const { status, headers } of gone) {
      expect([status, headers.get('ETag'), headers.get('Cache-Control')]).toEqual([404, null, 'no-store']);
    }
  });

  it('is shown to nobody else, however young the snapshot', async () => {
    const tag = `"${mark}-1"`;
    await poll(prefix + jobId, tag);
    const stranger = await makeClient();
    const weak = await makeKey(client.organization, ['job:create']);
    expect((await poll(prefix + jobId, tag, {}, stranger)).status).toBe(404);
    expect((await poll(prefix + jobId, tag, {}, weak)).status).toBe(403);
    expect((await poll(prefix + jobId, tag, { 'X-Organization-ID': stranger.organization })).status).toBe(
      403,
    );
    const nobody = await send(null, 'GET', prefix + jobId, { headers: { 'If-None-Match': tag } });
    expect([nobody.status, nobody.headers.get('ETag')]).toEqual([401, null]);
  });
});

describe('lists', () => {
  it('are tagged by what is in them', async () => {
    await client.report(jobId, {
      mark_started: true,
      error: { entity_key: '1', error_type: 'bad', message: 'no' },
    });
    const parts = ['errors', 'warnings', 'logs', 'events', 'items'].map(
      (list) => `/api/jobs/${jobId}/${list}`,
    );
    const tags = new Set<string | null>();
    for (const path of [...parts, '/api/jobs', '/api/jobs?limit=1', '/api/v1/jobs', '/api/v1/jobs?limit=1']) {
      const whole = await client.get(path);
      const tag = whole.headers.get('ETag') ?? '';
      tags.add(tag);
      const none = await poll(path, tag);
      expect([path, whole.status, none.status, none.text]).toEqual([path, 200, 304, '']);
      expect(shown(none)).toEqual(shown(whole));
      expect(none.headers.get('Link')).toBe(whole.headers.get('Link'));
      expect(whole.headers.get('Cache-Control')).toBe('private, no-cache');
      expect(whole.headers.get('Job-Revision')).toBe(path.includes(jobId) ? '2' : null);
    }
    expect(tags.size).toBe(9);
    const before = (await client.get(parts[0] ?? '')).headers.get('ETag') ?? '';
    await client.report(jobId, { error: { entity_key: '2', error_type: 'bad', message: 'no' } });
    expect((await poll(parts[0] ?? '', before)).status).toBe(200);
  });
});

describe('the object of a polled job', () => {
  const path = () => PATHS.a + jobId;

  it('is read once for readers that hold it, and for each that holds nothing or wants no cache', async () => {
    const reads = countReads();
    for (let n = 0; n < 20; n++) expect((await poll(path(), '"a-1"')).status).toBe(304);
    expect(reads).toHaveLength(1);
    for (const headers of [{}, { 'If-None-Match': '*' }, { 'If-None-Match': '"b-1"' }]) {
      await client.get(path(), { headers });
    }
    expect(reads).toHaveLength(4);
    await poll(path(), '"a-1"', { 'Cache-Control': 'max-age=0, No-Cache' });
    expect(reads).toHaveLength(5);
    await poll(path().toUpperCase().replace('/API/JOBS', '/api/jobs'), '"a-1"', {
      'Cache-Control': 'max-age=0',
    });
    expect(reads).toHaveLength(5);
  });

  it('is read again for a reader that holds more than the snapshot', async () => {
    await poll(path(), '"a-1"');
    const reads = countReads();
    const answer = await poll(path(), '"a-2"');
    expect([answer.status, answer.headers.get('ETag'), reads.length]).toEqual([200, '"a-1"', 1]);
  });

  it('is not read after what was reported through the same isolate', async () => {
    await poll(path(), '"a-1"');
    await poll(PATHS.b + jobId, '"b-1"');
    const reads = countReads();
    for (let revision = 2; revision < 12; revision++) {
      await client.report(jobId, { processed_items: revision });
      expect((await poll(path(), `"a-${revision - 1}"`)).headers.get('ETag')).toBe(`"a-${revision}"`);
      expect((await poll(PATHS.b + jobId, `"b-${revision}"`)).status).toBe(304);
    }
    await client.post(`/api/jobs/${jobId}/progress/batch`, { reports: [{ processed_items: 20 }] });
    expect((await poll(path(), '"a-11"')).json.processed_items).toBe(20);
    await client.post(`/api/jobs/${jobId}/cancel`);
    expect((await poll(path(), '"a-12"')).json.status).toBe('cancelled');
    expect(reads).toHaveLength(0);
  });

  it.each(SURFACES)(
    'is read a few times a second while 64 readers poll it on surface %s and a worker reports',
    async (mark, prefix) => {
      const reads = countReads();
      const until = Date.now() + 1_500;
      let polls = 0;
      const reader = async () => {
        let [revision, tag] = [1, `"${mark}-1"`];
        while (Date.now() < until) {
          const answer = await poll(prefix + jobId, tag);
          polls += 1;
          expect([200, 304]).toContain(answer.status);
          const next = Number(answer.headers.get('Job-Revision'));
          expect(next).toBeGreaterThanOrEqual(revision);
          revision = next;
          tag = answer.headers.get('ETag') ?? '';
        }
      };
      const worker = async () => {
        for (let n = 1; Date.now() < until; n++) {
          await client.report(jobId, { processed_items: n }, n % 2 === 0 ? { Prefer: 'return=minimal' } : {});
          await scheduler.wait(30);
        }
      };
      await Promise.all([worker(), ...Array.from({ length: 64 }, reader)]);
      expect(polls).toBeGreaterThan(64);
      expect(reads.length).toBeLessThanOrEqual(8);
    },
  );

  it('is asked each time where snapshots are switched off', async () => {
    const off = { ...env, SNAPSHOT_MS: '0' };
    const reads = countReads();
    const context = createExecutionContext();
    for (let n = 0; n < 3; n++) {
      const headers = { Authorization: `Bearer ${client.key}`, 'If-None-Match': '"a-1"' };
      const answer = await createApp().fetch(new Request(ORIGIN + path(), { headers }), off, context);
      expect(answer.status).toBe(304);
    }
    await waitOnExecutionContext(context);
    expect(reads).toHaveLength(3);
    for (const SNAPSHOT_MS of ['-1', '1001', 'x', '0.5']) {
      const bad = { ...env, SNAPSHOT_MS };
      const answer = await createApp().fetch(new Request(ORIGIN + path()), bad, context);
      expect(answer.status).toBe(500);
    }
  });
});

describe('a token', () => {
  const path = () => PATHS.a + jobId;
  const makeToken = async () =>
    (await client.post(`/api/jobs/${jobId}/tokens`, { scope: 'read' })).json.token;
  const pollBy = (token: string, tag = '"a-1"') =>
    send(token, 'GET', path(), { headers: { 'If-None-Match': tag } });

  it('is served from a snapshot, one for all of its generation', async () => {
    const tokens = [await makeToken(), await makeToken()];
    const reads = countReads();
    for (let n = 0; n < 20; n++) expect((await pollBy(tokens[n % 2])).status).toBe(304);
    expect(reads).toHaveLength(1);
  });

  it('is told a change that passed through the same isolate, at once', async () => {
    const token = await makeToken();
    expect((await pollBy(token)).status).toBe(304);
    await client.report(jobId, { processed_items: 1 });
    expect((await pollBy(token)).headers.get('ETag')).toBe('"a-2"');
  });

  it('opens nothing a second after it was revoked, though others keep the job’s snapshot young', async () => {
    const token = await makeToken();
    expect((await pollBy(token)).status).toBe(304);
    await client.send('DELETE', `/api/jobs/${jobId}/tokens`);
    await scheduler.wait(1_000);
    expect((await poll(path(), '*')).status).toBe(304);
    expect((await pollBy(token)).status).toBe(401);
  });

  it('that is revoked spoils no answer of a key', async () => {
    const token = await makeToken();
    await client.send('DELETE', `/api/jobs/${jobId}/tokens`);
    const answers = await Promise.all([pollBy(token), poll(path(), '"a-1"'), poll(path(), '"a-1"')]);
    expect(answers.map(({ status }) => status)).toEqual([401, 304, 304]);
  });
});

it('a key that lost its access is served nothing, though others poll the same job', async () => {
  const other = await makeKey(client.organization);
  expect((await poll(PATHS.a + jobId, '"a-1"', {}, other)).status).toBe(304);
  await client.send('DELETE', `/api/keys/${other.keyId}`);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30_001 });
  expect((await poll(PATHS.a + jobId, '"a-1"')).status).toBe(304);
  expect((await poll(PATHS.a + jobId, '"a-1"', {}, other)).status).toBe(401);
});
