/** Which deliveries count, and what of many items each comes to. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, send } from '../support/client';
import { GITHUB_PUSH } from './payloads';
import { arrivals, counts, jobs, makeHook, push, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
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
    expect(await counts(own, hook)).toEqual({
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

  it('one refused by a rate is refused for now: the repeat does it, once there is room', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const own = await makeClient();
    const body = { limits: { creates_per_minute: 6, creates_burst: 2 } };
    await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${own.organization}`, { body });
    const hook = await makeHook(own, GITHUB, { ...CREATE, each });
    const answer = await push(hook.path, FIRING);
    expectRefusal(answer, 503, 'overloaded');
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    const codes = ({ json }: typeof answer) => json.verdicts.map((one: { code?: string }) => one.code);
    expect(codes(answer)).toEqual([undefined, undefined, 'rate_limited']);
    vi.setSystemTime(Date.now() + 11_000);
    const again = await push(hook.path, FIRING);
    expect([again.status, codes(again)]).toEqual([202, [undefined, undefined, undefined]]);
    expect(await jobs(own)).toHaveLength(3);
  });
});
