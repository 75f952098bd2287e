/** A suspended organization: one fixed 403 for whatever it comes by, deliveries that wait, and jobs that end all the same. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf, type Env } from '../../src/config';
import { callerOf } from '../../src/http/caller-of';
import { clientSocket } from '../../src/http/client-socket';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { OrgStore } from '../../src/objects/org/org-store';
import { authenticate, CREDENTIAL_LIFE } from '../../src/services/access/authenticate';
import { homeIn } from '../../src/services/access/home';
import { lapsedMeanwhile, lapseOf } from '../../src/services/access/lapse';
import { follow, type WatchEnding } from '../../src/services/watching/follow';
import { openWatch } from '../../src/services/watching/watch';
import { expectRefusal, fingerprint } from '../attack/refusal';
import { arrivals, deliver, github, makeHook, SECRETS } from '../hooks/senders';
import { type Answer, type Client, makeClient, makeKey, newKey, send } from '../support/client';
import { jobStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { makeMembers, Provider } from '../support/sessions';
import { SocketClient } from '../support/socket';
import { makeToken } from '../support/tokens';
import { deliveriesOf, makeWebhook } from '../support/webhooks';

beforeEach(() => openReceivers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const operator = (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(
    env.ADMIN_TOKEN,
    method,
    `/admin/orgs${path === '' || path.startsWith('?') ? '' : '/'}${path}`,
    body === undefined ? {} : { body },
  );

async function set(verb: 'suspend' | 'resume', { organization }: Pick<Client, 'organization'>) {
  const answer = await operator('POST', `${organization}/${verb}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

it('is one answer to every credential of it that nobody has seen before, and is over at once', async () => {
  const { client, external } = await makeMembers();
  const job = await client.createJob();
  const [key, signer] = [await newKey(client, { preset: 'admin' }), await makeKey(client.organization)];
  const signedIn = await signer.send('POST', '/api/session');
  const own = (signedIn.headers.get('Set-Cookie') ?? '').split(';', 1)[0] ?? '';
  const { session_token, session_jwt } = await new Provider().signIn(external, { roles: ['stytch_admin'] });
  const maker = await makeKey(client.organization);
  const tokens = [await makeToken(maker, job, 'read'), await makeToken(maker, job, 'report')];
  const asks: [string, () => Promise<Answer>][] = [
    ['a key', () => key.get(`/api/jobs/${job}`)],
    ['a sign-in', () => send(null, 'GET', '/api/me', { headers: { Cookie: own } })],
    [
      'a session',
      () => send(null, 'GET', '/api/jobs', { headers: { Cookie: `stytch_session=${session_token}` } }),
    ],
    [
      'a JWT',
      () => send(null, 'GET', '/api/jobs', { headers: { Cookie: `stytch_session_jwt=${session_jwt}` } }),
    ],
    ['a token', () => send(tokens[0] ?? '', 'GET', `/api/jobs/${job}`)],
    ['a token in the address', () => send(null, 'GET', `/api/jobs/${job}/stream?token=${tokens[0]}`)],
  ];
  const shut = await set('suspend', client);
  expect([shut.status, shut.suspended_at]).toEqual(['suspended', expect.stringMatching(/Z$/)]);
  const answers = new Set<string>();
  for (const [what, ask] of asks) {
    const answer = await ask();
    expectRefusal(answer, 403, 'organization_suspended');
    expect(answer.headers.get('Retry-After')).toBe('60');
    answers.add(answer.text.replaceAll(answer.headers.get('X-Request-Id') ?? '', ''));
    expect(answers.size, what).toBe(1);
  }
  const line = await send(null, 'POST', `/r/${tokens[1]}`, { raw: '1/2' });
  expectRefusal(line, 403, 'organization_suspended', 'line');
  expect((await set('resume', client)).status).toBe('active');
  for (const [what, ask] of asks) expect((await ask()).status, what).toBe(200);
  expect((await send(null, 'POST', `/r/${tokens[1]}`, { raw: '1/2' })).status).toBe(200);
});

it('what is believed of a credential is believed for half a minute at most', async () => {
  const client = await makeClient();
  const config = configOf(env);
  const now = Date.now() + 1_000_000;
  const at = (time: number) => authenticate(env, config, client.key, time);
  expect([(await at(now)).ok, (await homeIn(env, client.organization, now, CREDENTIAL_LIFE)).ok]).toEqual([
    true,
    true,
  ]);
  await set('suspend', client);
  const later = now + CREDENTIAL_LIFE;
  for (const found of [await at(later), await homeIn(env, client.organization, later, CREDENTIAL_LIFE)])
    expect(found).toMatchObject({ ok: false, rejection: { code: 'organization_suspended' } });
});

it('what is held open by it is closed with 4403, and a request that was long in coming is refused', async () => {
  const client = await makeClient();
  const job = await client.createJob();
  const asked = { needed: ['job:read'], acts: false, keepAlive: () => undefined };
  const long = Date.now() - 60_000;
  const found = await callerOf(env, configOf(env), { by: 'bearer', text: client.key }, asked, long);
  if (!found.ok || found.value === null) throw new Error('not let in');
  const caller = found.value;
  expect(await lapsedMeanwhile(caller)).toBeNull();
  const watch = await openWatch(caller, job, 'all', null);
  if (!watch.ok || watch.value === null) throw new Error('nothing to watch');
  await set('suspend', client);
  // An answer of a moment ago does for all that a credential holds open.
  await until(async () => (await lapseOf(caller))?.code === 'organization_suspended');
  caller.principal = { ...caller.principal, since: long };
  expect(await lapsedMeanwhile(caller)).toMatchObject({ code: 'organization_suspended' });
  const told = follow(caller, watch.value, { quiet: 20, renewal: 60 });
  async function* frames(): AsyncGenerator<null, WatchEnding> {
    for (;;) {
      const { done, value } = await told.next();
      if (done) return value;
      yield null;
    }
  }
  const quiet = { take: () => {}, quiet: async () => {}, stop: () => {} };
  const webSocket = clientSocket(
    frames(),
    () => quiet,
    () => undefined,
  );
  const socket = new SocketClient(new Response(null, { status: 101, webSocket }));
  await socket.rest();
  expect(socket.closed).toBe(4403);
});

describe('its hooks', () => {
  it('refuse what is proven, and tell nobody else', async () => {
    const client = await makeClient();
    const hook = await makeHook(client, { scheme: 'github', secret: SECRETS.github });
    const raw = '{"id":"a","n":1}';
    await set('suspend', client);
    const nobody = fingerprint(await deliver(hook.path, raw, github(raw, 'another')));
    expectRefusal(await deliver(hook.path, raw, github(raw)), 403, 'organization_suspended');
    await set('resume', client);
    expect(fingerprint(await deliver(hook.path, raw, github(raw, 'another')))).toBe(nobody);
    const seen = await arrivals(client, hook);
    expect(
      seen.map(({ status, code }: { status: number; code: string }) => `${status} ${code}`).sort(),
    ).toEqual([...['403 organization_suspended', '404 signature_wrong', '404 signature_wrong']]);
    expect((await deliver(hook.path, raw, github(raw))).status).toBe(202);
  });
});

it('its deliveries wait, and none is lost', async () => {
  const client = await makeClient();
  const receiver = new Receiver();
  const webhook = await makeWebhook(client, receiver);
  const first = await client.createJob();
  await until(() => receiver.received.length === 1);
  await set('suspend', client);
  // This key was believed a moment ago: what it still does is told later.
  const second = await client.createJob();
  await client.report(second, { mark_started: true });
  const feed = (await client.get('/api/events?limit=100')).json.events;
  expect(feed).toHaveLength(3);
  await runDurableObjectAlarm(env.WEBHOOK.getByName(`${client.organization}/${webhook.webhook_id}`));
  expect(receiver.received).toHaveLength(1);
  await set('resume', client);
  await until(() => receiver.received.length === 3);
  expect(receiver.ids).toEqual([
    ...[`${first}.1.job.created`, `${second}.1.job.created`, `${second}.2.job.started`],
  ]);
  await until(async () =>
    (await deliveriesOf(client, webhook)).every(({ status }) => status === 'delivered'),
  );
});

it('the time of its suspension counts as no failure of an endpoint', async () => {
  const client = await makeClient();
  const webhook = await makeWebhook(client, new Receiver());
  const org = env.ORG.getByName(client.organization);
  const seen = async () => {
    const { enabled, enabled_at } = (await org.webhook(webhook.webhook_id)) ?? {};
    return { enabled, enabled_at };
  };
  expect(await seen()).toEqual({ enabled: true, enabled_at: undefined });
  await set('suspend', client);
  expect(await seen()).toEqual({ enabled: false, enabled_at: undefined });
  const before = Date.now();
  await set('resume', client);
  const after = await seen();
  expect(after.enabled).toBe(true);
  expect(after.enabled_at).toBeGreaterThanOrEqual(before);
  const shown = await client.get(`/api/webhooks/${webhook.webhook_id}`);
  expect(shown.json.enabled).toBe(true);
});

it('what its jobs are due for comes all the same', async () => {
  const client = await makeClient();
  const job = await client.createJob({ timeout_seconds: 60 });
  await client.report(job, { mark_started: true });
  await set('suspend', client);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  const stub = await jobStub(client.organization, job);
  await runDurableObjectAlarm(stub);
  expectRefusal(await client.get(`/api/jobs/${job}`), 403, 'organization_suspended');
  const view = await stub.get(client.organization, {});
  expect(view?.summary.status).toBe('failed');
});

it('suspended twice is suspended once, and what is no organization is neither', async () => {
  const client = await makeClient();
  const first = await set('suspend', client);
  expect((await set('suspend', client)).suspended_at).toBe(first.suspended_at);
  expect((await operator('GET', client.organization)).json).toEqual(first);
  await set('resume', client);
  expect(await set('resume', client)).toMatchObject({ status: 'active', suspended_at: null });
  for (const nobody of ['nobody-made-it', 'No', '%00']) {
    expectRefusal(await operator('POST', `${nobody}/suspend`), 404, 'not_found');
    expectRefusal(await operator('POST', `${nobody}/resume`), 404, 'not_found');
  }
});

describe('builds of before', () => {
  it('an object that knows no suspension is served by its salt', async () => {
    const older = {
      profile: async () => {
        throw new TypeError('The RPC receiver does not implement the method "profile".');
      },
      salt: async () => 'aa',
    };
    const set = { ...env, ORG: { getByName: () => older } } as unknown as Env;
    const found = await homeIn(set, 'an-older-one', Date.now(), 0);
    expect(found).toMatchObject({ ok: true, value: { salt: 'aa', limits: null } });
  });

  it('a Worker that knows none reads off a grant that nothing is permitted', async () => {
    const client = await makeClient();
    const org = env.ORG.getByName(client.organization);
    expect(await org.grantOf(client.keyId, true)).not.toHaveProperty('suspended');
    await set('suspend', client);
    expect(await org.grantOf(client.keyId, true)).toMatchObject({ permissions: [], suspended: true });
  });

  it('the tables of before are read as they are, and upgraded by the first change', async () => {
    const stub = env.ORG.getByName(`t-${crypto.randomUUID().slice(0, 18)}`);
    await runInDurableObject(stub, (_org, { storage: { sql } }) => {
      migrateByTable(sql, ORG_MIGRATIONS, 5);
      sql.exec("INSERT INTO profile VALUES ('old', 'Old', 'aa', 1)");
      const store = new OrgStore(sql);
      const profile = { organization_id: 'old', name: 'Old', salt: 'aa', created_at: 1 };
      const standing = { suspended_at: null, resumed_at: null, closed_at: null, limits: null, shards: null };
      expect(store.profile()).toEqual({ ...profile, ...standing });
      store.save({ ...profile, ...standing, suspended_at: 7, limits: { hooks: 3 } });
      expect(store.profile()).toEqual({ ...profile, ...standing, suspended_at: 7, limits: { hooks: 3 } });
    });
  });
});
