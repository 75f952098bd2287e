/** Deliveries over HTTP: who is let in, what they do, exactly once. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal, fingerprint } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { GITHUB_PUSH, STRIPE_EVENT } from './payloads';
import {
  arrivals,
  COUNT,
  deliver,
  github,
  type Headers,
  jobs,
  makeHook,
  SECRETS,
  SLACK,
  seconds,
  slack,
  standard,
  stripe,
} from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const STRIPE = { scheme: 'stripe', secret: SECRETS.stripe };
const STANDARD = { scheme: 'standard_webhooks', secret: SECRETS.standard };

const ON_PUSH = {
  action: 'create',
  from: {
    triggered_by: '/pusher/name',
    'metadata.repository': '/repository/full_name',
    'metadata.commit': '/head_commit/id',
    'metadata.files': '/head_commit/modified',
  },
  set: { job_type: 'import', total_items: 1, tags: ['push'] },
};
const ON_CHECKOUT = {
  action: 'create',
  from: {
    idempotency_key: '/id',
    total_items: '/data/object/amount_total',
    name: '/data/object/client_reference_id',
    'metadata.customer': '/data/object/customer',
  },
  set: { job_type: 'export', heartbeat_timeout_seconds: 60 },
};

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('a preset', () => {
  it('a GitHub push creates a job', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, ON_PUSH);
    const raw = JSON.stringify(GITHUB_PUSH);
    const more = { 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': crypto.randomUUID() };
    const answer = await deliver(hook.path, raw, { ...github(raw), ...more });
    expect([answer.status, answer.json]).toEqual([
      202,
      { action: 'create', job_id: answer.json.job_id, applied: true, applied_revision: 1, replayed: false },
    ]);
    const job = await own.get(`/api/jobs/${answer.json.job_id}`);
    expect(job.json).toMatchObject({
      ...{
        job_type: 'import',
        total_items: 1,
        triggered_by: 'mira-feeds',
        tags: ['push'],
        status: 'pending',
      },
      metadata: {
        repository: 'acme/catalogue',
        commit: GITHUB_PUSH.head_commit.id,
        files: ['data/2026-autumn.csv'],
      },
    });
    // GitHub repeats a delivery with the same bytes and another delivery id, which is not signed.
    const again = await deliver(hook.path, raw, github(raw));
    expect([again.status, again.json]).toEqual([202, { ...answer.json, replayed: true }]);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(await jobs(own)).toHaveLength(1);
  });

  it('a Stripe event creates a job, whenever and however often Stripe signs it', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, STRIPE, ON_CHECKOUT);
    const raw = JSON.stringify(STRIPE_EVENT, null, 2);
    const ids = new Set();
    for (const ago of [0, 100, 200]) {
      const answer = await deliver(hook.path, raw, stripe(raw, seconds() - ago));
      expect(answer.status, answer.text).toBe(202);
      ids.add(answer.json.job_id);
    }
    expect(ids.size).toBe(1);
    const [job, ...more] = await jobs(own);
    expect(more).toEqual([]);
    expect(job).toMatchObject({ job_type: 'export', total_items: 61_125, name: 'export-2026-11' });
  });

  it('Standard Webhooks creates a job for each id, not for each attempt', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, STANDARD, { ...COUNT, from: { total_items: '/n' } });
    const replayed = [];
    for (const [id, t] of [
      ['msg_1', 0],
      ['msg_1', 60],
      ['msg_2', 0],
    ] as const) {
      const answer = await deliver(hook.path, '{"n":1}', standard('{"n":1}', id, seconds() - t));
      expect(answer.status).toBe(202);
      replayed.push(answer.json.replayed);
    }
    expect(replayed).toEqual([false, true, false]);
    expect(await jobs(own)).toHaveLength(2);
    expect((await arrivals(own, hook)).map((one: { delivery_id: string }) => one.delivery_id)).toEqual([
      'msg_2',
      'msg_1',
      'msg_1',
    ]);
  });

  it('hmac and token create jobs too', async () => {
    const described = await makeHook(client, SLACK);
    const raw = '{"n":4,"id":"slack-1"}';
    expect((await deliver(described.path, raw, slack(raw))).status).toBe(202);
    const open = await makeHook(client, { scheme: 'token' });
    expect((await deliver(open.path, '{"n":4,"id":"token-1"}')).status).toBe(202);
  });
});

it('1,000 copies of a push create one job', async () => {
  const own = await makeClient();
  const hook = await makeHook(own, GITHUB, ON_PUSH);
  const raw = JSON.stringify(GITHUB_PUSH);
  const headers = github(raw);
  const ids = new Set<string>();
  let created = 0;
  for (let sent = 0; sent < 1_000; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(hook.path, raw, headers)));
    for (const { status, json } of answers) {
      expect(status).toBe(202);
      ids.add(json.job_id);
      if (!json.replayed) created++;
    }
  }
  expect([ids.size, created]).toEqual([1, 1]);
  const [job, ...more] = await jobs(own);
  expect([job.job_id, job.revision, more]).toEqual([[...ids][0], 1, []]);
  expect(await arrivals(own, hook)).toHaveLength(100);
}, 180_000);

describe('who is not let in', () => {
  const raw = '{"n":1,"id":"once"}';

  /** What each does not deserve, of one hook of `scheme`. */
  async function refusals(scheme: unknown, sign: (raw: string) => Headers) {
    const own = await makeClient();
    const hook = await makeHook(own, scheme);
    const gone = await makeHook(own, scheme);
    expect((await own.send('DELETE', `/api/hooks/${gone.hook_id}`)).status).toBe(204);
    const other = await makeClient();
    const [, , organization = '', name = '', token = ''] = hook.path.split('/');
    const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    const elsewhere = (parts: string[]) => `/hooks/${parts.join('/')}`;
    return {
      own,
      hook,
      answers: {
        deleted: await deliver(gone.path, raw, sign(raw)),
        unsigned: await deliver(hook.path, raw),
        altered: await deliver(hook.path, raw.replace('1', '2'), sign(raw)),
        'token forged': await deliver(elsewhere([organization, name, forged]), raw, sign(raw)),
        'token short': await deliver(elsewhere([organization, name, token.slice(0, 8)]), raw, sign(raw)),
        'token of the id': await deliver(elsewhere([organization, name, hook.hook_id]), raw, sign(raw)),
        'name changed': await deliver(elsewhere([organization, 'other', token]), raw, sign(raw)),
        'another organization': await deliver(elsewhere([other.organization, name, token]), raw, sign(raw)),
        'no organization': await deliver(elsewhere(['No%20one', name, token]), raw, sign(raw)),
        'broken JSON, unsigned': await deliver(hook.path, '{', {}),
      },
    };
  }

  it.each([
    ['github', GITHUB, (text: string) => github(text)],
    ['stripe', STRIPE, (text: string) => stripe(text)],
    ['standard_webhooks', STANDARD, (text: string) => standard(text, 'msg_1')],
    ['hmac', SLACK, (text: string) => slack(text)],
  ] as const)('%s: a bad signature and an unknown hook are the same 404', async (_, scheme, sign) => {
    const { own, hook, answers } = await refusals(scheme, sign);
    for (const answer of Object.values(answers)) expectRefusal(answer, 404, 'not_found');
    expect(new Set(Object.values(answers).map(fingerprint)).size).toBe(1);
    expect(await jobs(own)).toEqual([]);
    const codes = (await arrivals(own, hook)).map((one: { code: string; status: number }) => one.code);
    expect(codes).toEqual(['signature_missing', 'signature_wrong', 'signature_missing']);
    expect((await deliver(hook.path, raw, sign(raw))).status).toBe(202);
  });

  it('a timestamp that is too old or too far ahead is the same 404', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, STRIPE);
    for (const away of [-400, 400, -100_000]) {
      expectRefusal(await deliver(hook.path, raw, stripe(raw, seconds() + away)), 404, 'not_found');
    }
    const [last] = await arrivals(own, hook);
    expect(last).toMatchObject({ verdict: 'refused', status: 404, code: 'timestamp_outside_tolerance' });
    expect(await jobs(own)).toEqual([]);
  });

  it('an invented URL touches no object', async () => {
    const hook = await makeHook(client, GITHUB);
    const spies = [env.HOOK, env.ORG, env.JOB].map((namespace) => vi.spyOn(namespace, 'getByName'));
    const forged = hook.path.slice(0, -1) + (hook.path.endsWith('0') ? '1' : '0');
    expect((await deliver(forged, raw, github(raw))).status).toBe(404);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('each flipped bit of a small push is refused over HTTP', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const small = '{"n":1}';
    const bytes = new TextEncoder().encode(small);
    const spoiled = Array.from({ length: bytes.byteLength * 8 }, (_, bit) => {
      const copy = bytes.slice();
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    });
    for (const body of spoiled) expect((await deliver(hook.path, body, github(small))).status).toBe(404);
    expect(await jobs(own)).toEqual([]);
  });
});
