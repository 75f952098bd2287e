/** Which deliveries count, what of many items each comes to, when two are the same, and what arrivals tell of it. */

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hookObject } from '../../src/objects/address';
import { HOOK_MIGRATIONS } from '../../src/objects/hook/hook-schema';
import { HookStore, KEPT_DIGESTS } from '../../src/objects/hook/hook-store';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { GITHUB_PUSH } from './payloads';
import { arrivals, deliver, github, type HookUnderTest, jobs, makeHook, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const TOKEN = { scheme: 'token' };
const CREATE = { action: 'create', set: { job_type: 'import', total_items: 1 } };
const FIRING = {
  version: '4',
  status: 'firing',
  alerts: [
    { status: 'firing', fingerprint: 'a1', labels: { alertname: 'ImportLate' } },
    { status: 'resolved', fingerprint: 'b2', labels: { alertname: 'ImportLate' } },
    { status: 'firing', fingerprint: 'c3', labels: {} },
  ],
};

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => void vi.useRealTimers());

function push(path: string, payload: unknown, headers: Record<string, string> = {}) {
  const raw = JSON.stringify(payload);
  return deliver(path, raw, { ...github(raw), ...headers });
}

async function counts({ hook_id }: HookUnderTest, own = client) {
  return (await own.get(`/api/hooks/${hook_id}/arrivals`)).json.counts;
}

describe('when', () => {
  it('passes over what it does not ask for, and says so', async () => {
    const own = await makeClient();
    const when = [
      { header: 'X-GitHub-Event', equals: 'push' },
      { pointer: '/ref', prefix: 'refs/heads/' },
      { pointer: '/deleted', equals: false },
    ];
    const hook = await makeHook(own, GITHUB, { ...CREATE, when });
    const event = { 'X-GitHub-Event': 'push' };
    const passed = [
      await push(hook.path, { zen: 'Keep it logically awesome.', hook_id: 1 }, { 'X-GitHub-Event': 'ping' }),
      await push(hook.path, { ...GITHUB_PUSH, ref: 'refs/tags/v1' }, event),
      await push(hook.path, { ...GITHUB_PUSH, deleted: true }, event),
      await push(hook.path, GITHUB_PUSH),
    ];
    for (const { status, json } of passed) {
      expect([status, json]).toEqual([
        202,
        {
          action: 'create',
          job_id: null,
          applied: false,
          reason: 'ignored',
          applied_revision: null,
          replayed: false,
        },
      ]);
    }
    expect(await jobs(own)).toEqual([]);
    expect((await push(hook.path, GITHUB_PUSH, event)).json.applied).toBe(true);
    expect((await push(hook.path, GITHUB_PUSH, event)).json.replayed).toBe(true);
    const [replayed, applied, ignored] = await arrivals(own, hook);
    expect([
      replayed.verdict,
      applied.verdict,
      ignored.verdict,
      ignored.status,
      ignored.content_type,
    ]).toEqual([...['replayed', 'applied', 'ignored', 202, 'application/json']]);
    expect(await counts(hook, own)).toEqual({
      applied: 1,
      replayed: 1,
      skipped: 0,
      ignored: 4,
      handshake: 0,
      refused: 0,
    });
    expect((await own.get(`/api/hooks/${hook.hook_id}`)).json.mapping.when).toEqual(when);
  });

  it('a trial says whether a payload would be passed over', async () => {
    const hook = await makeHook(client, GITHUB, { ...CREATE, when: [{ pointer: '/paid', equals: true }] });
    const trial = async (paid: boolean) =>
      (await client.post(`/api/hooks/${hook.hook_id}/test`, { paid })).json;
    expect([(await trial(true)).ignored, (await trial(false)).ignored]).toEqual([false, true]);
  });
});

describe('from', () => {
  it('takes headers and templates; a name that is too long is cut, a number is its text', async () => {
    const hook = await makeHook(client, GITHUB, {
      ...CREATE,
      from: {
        name: { template: '{/repository/name}@{/after}' },
        triggered_by: '/repository/id',
        'metadata.event': 'header:X-GitHub-Event',
        'metadata.long': '/long',
        'metadata.stage': '/stage',
      },
    });
    const payload = { ...GITHUB_PUSH, after: 'f'.repeat(300), stage: 's'.repeat(201) };
    const answer = await push(hook.path, payload, { 'X-GitHub-Event': 'push' });
    expect(answer.json.adjusted).toEqual([
      { path: 'name', reason: 'cut' },
      { path: 'triggered_by', reason: 'converted' },
      { path: 'metadata.stage', reason: 'cut' },
    ]);
    const { json } = await client.get(`/api/jobs/${answer.json.job_id}`);
    expect(json.name).toBe(`catalogue@${'f'.repeat(189)}…`);
    expect([json.triggered_by, json.metadata.event]).toEqual(['186853002', 'push']);
  });

  it('a report’s end is taken with what stands beside it', async () => {
    const job_id = await client.createJob();
    const from = { job_id: '/job', mark_failed: '/why', stage: '/stage' };
    const hook = await makeHook(client, GITHUB, { action: 'report', from });
    const answer = await push(hook.path, { job: job_id, why: { code: 7 }, stage: 12 });
    expect([answer.status, answer.json.applied]).toEqual([202, true]);
    const { json } = await client.get(`/api/jobs/${job_id}`);
    expect([json.status, json.error_message]).toEqual(['failed', '{"code":7}']);
  });
});

describe('each', () => {
  const each = '/alerts';
  const from = { name: '/labels/alertname', job_type: '/status' };
  const set = { total_items: 1 };

  it('does the mapping for every item, each with its verdict and its key', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, {
      action: 'create',
      each,
      from,
      set,
      when: [{ pointer: '/status', equals: 'firing' }],
    });
    const first = await push(hook.path, FIRING);
    expect(first.status).toBe(202);
    expect(
      first.json.verdicts.map((one: { reason?: string; applied: boolean }) => one.reason ?? one.applied),
    ).toEqual([...[true, 'ignored', true]]);
    const again = await push(hook.path, FIRING);
    expect(again.json.verdicts.map((one: { replayed: boolean }) => one.replayed)).toEqual([
      true,
      false,
      true,
    ]);
    expect(await jobs(own)).toHaveLength(2);
    const [last] = await arrivals(own, hook);
    expect(last).toMatchObject({ verdict: 'replayed', items: { replayed: 2, ignored: 1 } });
  });

  it('one that can’t be taken is told, and the others are done', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, {
      action: 'create',
      each,
      from: { job_type: '/labels/alertname' },
      set,
    });
    const answer = await push(hook.path, FIRING);
    expect(answer.status).toBe(202);
    expect(answer.json.verdicts[2]).toMatchObject({
      ...{ applied: false, status: 422, code: 'validation_failed' },
      errors: [{ path: 'job_type', message: expect.stringContaining('"/labels/alertname"') }],
    });
    expect(await jobs(own)).toHaveLength(2);
    expect((await arrivals(own, hook))[0]).toMatchObject({
      verdict: 'refused',
      status: 202,
      items: { applied: 2, refused: 1 },
    });
    const none = await push(hook.path, { alerts: [{ labels: {} }] });
    expectRefusal(none, 422, 'validation_failed');
    expect(none.json.verdicts).toHaveLength(1);
  });

  it('over 200 items, or what is no array, is a 422 and nothing is done', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, { ...CREATE, each });
    for (const alerts of [Array.from({ length: 201 }, () => ({})), {}, undefined]) {
      expectRefusal(await push(hook.path, { alerts }), 422, 'validation_failed');
    }
    expect(await jobs(own)).toEqual([]);
  });

  it('one refused for now makes the whole a 503, and the repeat replays what is done', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, { ...CREATE, each });
    const original = env.JOB.getByName;
    let calls = 0;
    env.JOB.getByName = function failing(this: typeof env.JOB, name: string) {
      calls += 1;
      if (calls > 1 && calls < 8)
        throw Object.assign(new Error('overloaded'), { overloaded: true, retryable: false });
      return original.call(this, name);
    } as typeof original;
    try {
      const answer = await push(hook.path, FIRING);
      expectRefusal(answer, 503, 'overloaded');
      expect(answer.headers.get('Retry-After')).toBe('1');
      expect(answer.json.verdicts[0]).toMatchObject({ applied: true });
      expect(answer.json.verdicts).toHaveLength(3);
    } finally {
      env.JOB.getByName = original;
    }
    const again = await push(hook.path, FIRING);
    expect(again.status).toBe(202);
    expect(again.json.verdicts[0].replayed).toBe(true);
    expect(await jobs(own)).toHaveLength(3);
  });
});

describe('once', () => {
  const raw = '{"backup":"nightly"}';

  it('a body that repeats by nature is the same for ten minutes: two nights are two jobs', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const own = await makeClient();
    for (const verification of [
      TOKEN,
      { scheme: 'header', secret: 'a shared secret', header: 'X-Secret' },
      { scheme: 'basic', secret: 'partner:password' },
      { scheme: 'gitlab', secret: 'a shared secret' },
      { scheme: 'alertmanager', secret: 'a shared secret' },
    ]) {
      const hook = await makeHook(own, verification, CREATE);
      const headers = {
        ...{ 'X-Secret': 'a shared secret', 'X-Gitlab-Token': 'a shared secret' },
        Authorization:
          verification.scheme === 'basic' ? `Basic ${btoa('partner:password')}` : 'bearer a shared secret',
      };
      const night = async () => (await deliver(hook.path, raw, headers)).json;
      const first = await night();
      vi.setSystemTime(Date.now() + 599_000);
      expect(await night()).toEqual({ ...first, replayed: true });
      vi.setSystemTime(Date.now() + 2_000);
      const second = await night();
      expect([second.replayed, second.job_id === first.job_id]).toEqual([false, false]);
      expect((await night()).job_id).toBe(second.job_id);
      expect((await counts(hook, own)).replayed).toBe(2);
    }
  });

  it('is by what the hook says: the body, a header, a pointer, or nothing', async () => {
    const own = await makeClient();
    const sent = async (once: object, variants: [string, string][]) => {
      const hook = await makeHook(own, GITHUB, { ...CREATE, once });
      const ids = new Set();
      for (const [text, delivery] of variants) {
        const answer = await deliver(hook.path, text, { ...github(text), 'X-GitHub-Delivery': delivery });
        ids.add(answer.json.job_id);
      }
      return ids.size;
    };
    const variants: [string, string][] = [
      ['{"id":1,"n":1}', 'a'],
      ['{"id":1,"n":1}', 'b'],
      ['{"id":1,"n":2}', 'b'],
    ];
    expect(await sent({ by: 'body' }, variants)).toBe(2);
    expect(await sent({ by: 'header:X-GitHub-Delivery' }, variants)).toBe(2);
    expect(await sent({ by: '/id' }, variants)).toBe(1);
    expect(await sent({ by: '/n', within: 60 }, variants)).toBe(2);
    expect(await sent({ by: 'nothing' }, variants)).toBe(3);
  });

  it('by what a delivery lacks is a 422', async () => {
    for (const by of ['header:X-Absent', '/absent']) {
      const hook = await makeHook(client, GITHUB, { ...CREATE, once: { by } });
      const answer = await deliver(hook.path, raw, github(raw));
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors[0].path).toBe('once');
    }
  });

  it('by an id that its scheme does not sign is refused when it is said, on either side', async () => {
    const own = await makeClient();
    const STANDARD = { scheme: 'standard_webhooks', secret: SECRETS.standard };
    const BY_ID = { ...CREATE, once: { by: 'id' } };
    const DESCRIBED = { scheme: 'hmac', secret: SECRETS.slack, header: 'X-Code' };
    const SIGNED = { ...DESCRIBED, signed: '{id}.{body}', id_header: 'X-Id' };
    for (const verification of [GITHUB, TOKEN, DESCRIBED, { scheme: 'basic', secret: 'user:pass' }]) {
      const answer = await own.post('/api/hooks', { name: 'a', verification, mapping: BY_ID });
      expectRefusal(answer, 422, 'validation_failed');
      const message = expect.stringContaining(`${verification.scheme} signs none`);
      expect(answer.json.errors).toEqual([{ path: 'mapping.once.by', message }]);
    }
    for (const verification of [STANDARD, SIGNED, { scheme: 'svix', secret: SECRETS.standard }]) {
      await makeHook(own, verification, BY_ID);
    }
    const hook = await makeHook(own, STANDARD, CREATE);
    const patch = (body: unknown) => own.send('PATCH', `/api/hooks/${hook.hook_id}`, { body });
    const by = async () => (await own.get(`/api/hooks/${hook.hook_id}`)).json;
    expect((await patch({ mapping: BY_ID })).status).toBe(200);
    const before = await by();
    for (const change of [{ verification: GITHUB }, { verification: GITHUB, mapping: BY_ID }]) {
      const answer = await patch(change);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors[0].path).toBe('mapping.once.by');
      expect(await by()).toEqual(before);
    }
    expect((await patch({ verification: GITHUB, mapping: CREATE })).status).toBe(200);
    expectRefusal(await patch({ mapping: BY_ID }), 422, 'validation_failed');
    // A Worker that knows of no refusal gets none: what a delivery lacks is then told at the delivery.
    const object = hookObject(env, own.organization, hook.hook_id.slice(1, 17));
    const mapping = { ...CREATE, action: 'create' as const, from: {}, once: { by: 'id' } };
    expect(await object.update(own.organization, { verification: null, mapping })).toMatchObject({ mapping });
    const answer = await deliver(hook.path, raw, github(raw));
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.json.errors[0].path).toBe('once');
  });

  it('within its time is one job however many come at once', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, TOKEN, CREATE);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(hook.path, raw)));
    expect(new Set(answers.map(({ json }) => json.job_id)).size).toBe(1);
    expect(await jobs(own)).toHaveLength(1);
  });

  it('a hook of the version before keeps digests too, the newest 10,000', async () => {
    const stub = env.HOOK.getByName(`t-${crypto.randomUUID().slice(0, 8)}/${'0'.repeat(16)}`);
    await runInDurableObject(stub, (_, { storage }) => {
      migrateByTable(storage.sql, HOOK_MIGRATIONS, 1);
      const store = new HookStore(storage.sql);
      for (let n = 0; n <= KEPT_DIGESTS; n++) store.firstSeen(`d${n}`, n, 10);
      const count = () => storage.sql.exec('SELECT count(*) AS n FROM seen').one().n;
      expect(count()).toBe(KEPT_DIGESTS);
      const within = KEPT_DIGESTS * 10;
      expect(store.firstSeen('d1', KEPT_DIGESTS, within)).toBe(1);
      expect(store.firstSeen('d0', KEPT_DIGESTS, within)).toBe(KEPT_DIGESTS);
      expect(count()).toBe(KEPT_DIGESTS);
    });
  });
});

describe('arrivals', () => {
  it('are paged, and who knows the URL alone pushes none of the others out', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, CREATE);
    for (let n = 0; n < 3; n++) await push(hook.path, { n });
    for (let n = 0; n < 105; n++) await deliver(hook.path, `{"n":${n}}`);
    const place = `/api/hooks/${hook.hook_id}/arrivals`;
    const seen: { verdict: string; at: string }[] = [];
    let cursor = '';
    do {
      const page = (await own.get(`${place}?limit=40${cursor && `&cursor=${cursor}`}`)).json;
      expect(page.arrivals.length).toBeLessThanOrEqual(40);
      seen.push(...page.arrivals);
      cursor = page.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen).toHaveLength(103);
    expect(seen.slice(100).map(({ verdict }) => verdict)).toEqual(['applied', 'applied', 'applied']);
    expect(await counts(hook, own)).toMatchObject({ applied: 3, refused: 105 });
    expectRefusal(await own.get(`${place}?cursor=x`), 400, 'invalid_cursor');
  });

  it('that newer ones push out between two pages are told of', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, CREATE);
    const fail = async (count: number) => {
      for (let n = 0; n < count; n++) await deliver(hook.path, '{}');
    };
    await fail(100);
    const page = async (query: string) => (await own.get(`/api/hooks/${hook.hook_id}/arrivals${query}`)).json;
    const first = await page('?limit=10');
    expect(first).not.toHaveProperty('dropped');
    await fail(30);
    const second = await page(`?limit=10&cursor=${first.next_cursor}`);
    expect([second.arrivals.length, second.dropped]).toEqual([10, 30]);
    const third = await page(`?limit=100&cursor=${second.next_cursor}`);
    expect([third.arrivals.length, third.next_cursor]).toEqual([50, null]);
    expect(third).not.toHaveProperty('dropped');
  });
});
