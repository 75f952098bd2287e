/** Signing in with a key: the cookie, what it opens, and when it ends. */
import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { STANDARD_LIMITS } from '../../src/domain/access/limits';
import { KEY_SESSION_LIMIT, SESSION_LIFE } from '../../src/domain/access/session';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { SessionRegistry } from '../../src/objects/org/session-registry';
import { sha256 } from '../../src/services/ids/secrets';
import { makeRunningJob } from '../attack/bystander';
import { expectRefusal } from '../attack/refusal';
import { Client, makeClient, newKey, send } from '../support/client';
import { type SignedIn, signIn } from '../support/sign-in';
import { makeFilterToken, makeToken } from '../support/tokens';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});

/** Sign-ins by a key, `from` one number `to` another. */
async function fill({ organization, key, keyId }: Client, from: number, to: number, expires_at: number) {
  const key_digest = await sha256(key);
  await runInDurableObject(env.ORG.getByName(organization), (_org, { storage }) => {
    const sessions = new SessionRegistry(storage.sql);
    for (let n = from; n < to; n++) {
      const row = { session_id: `s${n}`, key_id: keyId, digest: '', key_digest, created_at: n };
      sessions.add({ ...row, expires_at });
    }
  });
}

describe('signing in', () => {
  it('sets a cookie that no page can read, for this host and https alone, for eight hours', async () => {
    const answer = await admin.send('POST', '/api/session');
    expect(answer.status, answer.text).toBe(201);
    const [pair = '', ...attributes] = (answer.headers.get('Set-Cookie') ?? '').split('; ');
    expect(pair).toMatch(/^__Host-headway_session=hws_[a-z0-9-]+_[0-3][0-9a-f]{32}_[0-9a-f]{56}$/);
    const [age = '', ...rest] = attributes.filter((one) => one !== 'Path=/');
    expect(rest.sort()).toEqual(['HttpOnly', 'SameSite=Lax', 'Secure']);
    expect(Number(age.split('=')[1])).toBeGreaterThan(SESSION_LIFE / 1_000 - 60);
    expect(answer.text).not.toContain('hws_');
    expect(Date.parse(answer.json.expires_at) - Date.parse(answer.json.created_at)).toBe(SESSION_LIFE);
    const plain = new Request('http://127.0.0.1:8787/api/session', {
      method: 'POST',
      headers: { Authorization: `Bearer ${admin.key}` },
    });
    const set = (await exports.default.fetch(plain)).headers.get('Set-Cookie') ?? '';
    expect(set).toMatch(/^headway_session=hws_/);
    expect(set).not.toContain('Secure');
  });

  it('opens what the key opens, and says who that is and until when', async () => {
    const key = await newKey(admin, { preset: 'operator' });
    const browser = await signIn(key);
    const byKey = await key.get('/api/me');
    const common = {
      principal: { type: 'key', id: key.keyId },
      organization_id: admin.organization,
      permissions: ['job:create', 'job:read', 'job:cancel'],
      job_types: null,
    };
    expect(byKey.json).toEqual({ ...common, signed_in_by: 'key', expires_at: null });
    const { expires_at } = browser.session;
    const me = await browser.send('GET', '/api/me');
    expect(me.json).toEqual({ ...common, signed_in_by: 'session', expires_at });
    const job = await browser.send('POST', '/api/jobs', { job_type: 'import', total_items: 1 });
    expect(job.status, job.text).toBe(201);
    expect((await browser.send('GET', `/api/jobs/${job.json.job_id}`)).status).toBe(200);
    expectRefusal(await browser.send('GET', '/api/keys'), 403, 'permission_denied');
  });

  it('takes a key: no token, no cookie, nothing that has ended', async () => {
    const browser = await signIn(admin);
    expectRefusal(await browser.send('POST', '/api/session'), 403, 'permission_denied');
    const token = await makeToken(admin, await makeRunningJob(admin), 'report');
    expectRefusal(await send(token, 'POST', '/api/session'), 403, 'permission_denied');
    expectRefusal(await send(null, 'POST', '/api/session'), 401, 'unauthenticated');
    const revoked = await newKey(admin, { preset: 'viewer' });
    expect((await revoked.get('/api/me')).status).toBe(200);
    await admin.send('DELETE', `/api/keys/${revoked.keyId}`);
    // Believed for half a minute more, but not for this.
    expectRefusal(await revoked.send('POST', '/api/session'), 401, 'unauthenticated');
  });

  it('is of no use to a page of another site, and a key beside the cookie is all that counts', async () => {
    const browser = await signIn(admin);
    const headers = {
      Cookie: browser.cookie,
      Origin: 'https://evil.example',
      'Sec-Fetch-Site': 'cross-site',
    };
    const foreign = await send(null, 'DELETE', '/api/session', { headers });
    expectRefusal(foreign, 403, 'origin_not_allowed');
    const wrong = await send('nonsense', 'GET', '/api/me', { headers: { Cookie: browser.cookie } });
    expectRefusal(wrong, 401, 'unauthenticated');
    expect((await browser.send('GET', '/api/me')).status).toBe(200);
  });

  it('a sign-in is no bearer and a key or a token no cookie, however lately either was good where it belongs', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const { cookie } = await signIn(key);
    const [name, own = ''] = cookie.split('=');
    const { token } = await makeFilterToken(admin, { tag: 'wall' });
    const asBearer = (text: string) => send(text, 'GET', '/api/jobs');
    const asCookie = (text: string) =>
      send(null, 'GET', '/api/jobs', { headers: { Cookie: `${name}=${text}` } });
    for (const [text, right, wrong] of [
      [own, asCookie, asBearer],
      [key.key, asBearer, asCookie],
      [token, asBearer, asCookie],
    ] as const) {
      expectRefusal(await wrong(text), 401, 'unauthenticated');
      expect((await right(text)).status).toBe(200);
      expectRefusal(await wrong(text), 401, 'unauthenticated');
      expect((await right(text)).status).toBe(200);
    }
  });

  it('an invented cookie, or one of another organization’s name, comes near no object', async () => {
    const browser = await signIn(admin);
    const [name = '', text = ''] = browser.cookie.split('=');
    const asked = vi.spyOn(env.ORG, 'getByName');
    const forged = text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const one of [forged, text.replace(admin.organization, 'other'), 'hws_', text.toUpperCase()]) {
      const answer = await send(null, 'GET', '/api/me', { headers: { Cookie: `${name}=${one}` } });
      expectRefusal(answer, 401, 'unauthenticated');
    }
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });
});

describe('it ends', () => {
  const gone = async (browser: SignedIn) =>
    expectRefusal(await browser.send('GET', '/api/me'), 401, 'unauthenticated');

  it('when it is signed out, here at once, and the cookie goes', async () => {
    const browser = await signIn(admin);
    expect((await browser.send('GET', '/api/me')).status).toBe(200);
    const out = await browser.send('DELETE', '/api/session');
    expect(out.status).toBe(204);
    expect(out.headers.get('Set-Cookie')).toMatch(/^__Host-headway_session=; Path=\/; Max-Age=0; /);
    await gone(browser);
    expectRefusal(await admin.send('DELETE', '/api/session'), 403, 'permission_denied');
  });

  it('when it is ended by its id', async () => {
    const browser = await signIn(admin);
    expect((await admin.send('DELETE', `/api/sessions/${browser.session.session_id}`)).status).toBe(204);
    await gone(browser);
    const again = await admin.send('DELETE', `/api/sessions/${browser.session.session_id}`);
    expectRefusal(again, 404, 'not_found');
  });

  it('with its key, and with the secret that it was made with', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const [first, second] = [await signIn(key), await signIn(key)];
    const rotated = await admin.post(`/api/keys/${key.keyId}/rotate`, { grace_period: 0 });
    await gone(first);
    const renewed = await signIn(new Client(admin.organization, rotated.json.api_key, key.keyId));
    const next = await admin.post(`/api/keys/${key.keyId}/rotate`, { grace_period: 60 });
    const me = await renewed.send('GET', '/api/me');
    expect(me.json.expires_at).toBe(next.json.older_secret_until);
    await gone(second);
    const last = await signIn(new Client(admin.organization, next.json.api_key, key.keyId));
    await admin.send('DELETE', `/api/keys/${key.keyId}`);
    await gone(last);
    const { sessions } = (await admin.get('/api/sessions')).json;
    expect(sessions.filter(({ key_id }: { key_id: string }) => key_id === key.keyId)).toEqual([]);
  });

  it('when its eight hours are over, or its key expires before, though it was believed', async () => {
    const expires_at = new Date(Date.now() + 3_000).toISOString();
    const browser = await signIn(await newKey(admin, { preset: 'viewer', expires_at }));
    expect((await browser.send('GET', '/api/me')).json.expires_at).toBe(expires_at);
    await vi.waitFor(() => gone(browser), 20_000);
    const old = await signIn(admin);
    await runInDurableObject(env.ORG.getByName(admin.organization), (_org, { storage }) => {
      const { session_id } = old.session;
      storage.sql.exec('UPDATE session SET expires_at = ? WHERE session_id = ?', Date.now(), session_id);
    });
    await gone(old);
  }, 40_000);

  it('and never does more than its key: what the key loses, it loses', async () => {
    const key = await newKey(admin, { preset: 'operator' });
    const browser = await signIn(key);
    const job = await admin.createJob();
    const body = { preset: 'viewer', job_types: ['other'] };
    expect((await admin.send('PATCH', `/api/keys/${key.keyId}`, { body })).status).toBe(200);
    const me = await browser.send('GET', '/api/me');
    expect([me.json.permissions, me.json.job_types]).toEqual([['job:read'], ['other']]);
    expectRefusal(await browser.send('GET', `/api/jobs/${job}`), 404, 'job_not_found');
    expectRefusal(await browser.send('POST', `/api/jobs/${job}/cancel`, {}), 403, 'permission_denied');
  });
});

describe('sign-ins are listed', () => {
  it('all of them to who manages keys, their own to the others, paged, without a secret', async () => {
    const client = await makeClient();
    const viewer = await newKey(client, { preset: 'viewer' });
    const browsers = [await signIn(client), await signIn(viewer), await signIn(viewer)];
    const all = await client.get('/api/sessions');
    expect(all.json.sessions).toHaveLength(3);
    expect(all.text).not.toContain('digest');
    const own = await browsers[1]?.send('GET', '/api/sessions');
    expect(own?.json.sessions.map(({ current }: { current: boolean }) => current)).toEqual([true, false]);
    const [foreign] = browsers;
    const path = `/api/sessions/${foreign?.session.session_id}`;
    expectRefusal(await viewer.send('DELETE', path), 404, 'not_found');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await client.get(`/api/sessions?limit=1${more}`);
      seen.push(...page.json.sessions.map(({ session_id }: { session_id: string }) => session_id));
      cursor = page.json.next_cursor;
    }
    expect(seen.sort()).toEqual(browsers.map(({ session }) => session.session_id).sort());
  });

  it('a key has a hundred at a time, an organization a thousand; what has ended counts no more', async () => {
    const client = await makeClient();
    const key = await newKey(client, { preset: 'viewer' });
    const later = Date.now() + SESSION_LIFE;
    await fill(key, 0, 50, Date.now());
    await fill(key, 50, 50 + KEY_SESSION_LIMIT - 1, later);
    await signIn(key);
    expectRefusal(await key.send('POST', '/api/session'), 409, 'quota_exceeded');
    await signIn(client);
    const another = await newKey(client, { preset: 'viewer' });
    await fill(another, 1_000, 1_000 + STANDARD_LIMITS.sessions - KEY_SESSION_LIMIT - 1, later);
    expectRefusal(await client.send('POST', '/api/session'), 409, 'quota_exceeded');
  });

  it('what a rotation or the end of a key has ended counts no more either', async () => {
    const client = await makeClient();
    const key = await newKey(client, { preset: 'viewer' });
    await fill(key, 0, KEY_SESSION_LIMIT, Date.now() + SESSION_LIFE);
    expectRefusal(await key.send('POST', '/api/session'), 409, 'quota_exceeded');
    const standing = async () => (await client.get('/api/usage')).json.limits.sessions.use;
    expect(await standing()).toBe(KEY_SESSION_LIMIT);
    const rotate = async (grace_period: number) => {
      const rotated = await client.post(`/api/keys/${key.keyId}/rotate`, { grace_period });
      return new Client(client.organization, rotated.json.api_key, key.keyId);
    };
    const second = await rotate(60);
    expect(await standing()).toBe(KEY_SESSION_LIMIT);
    const third = await rotate(0);
    expect(await standing()).toBe(0);
    await signIn(third);
    await fill(third, 0, KEY_SESSION_LIMIT - 1, Date.now() + SESSION_LIFE);
    expect(await standing()).toBe(KEY_SESSION_LIMIT);
    expectRefusal(await second.send('POST', '/api/session'), 401, 'unauthenticated');
    await client.send('PATCH', `/api/keys/${key.keyId}`, {
      body: { expires_at: new Date(Date.now() + 60_000).toISOString() },
    });
    vi.setSystemTime(Date.now() + 60_000);
    try {
      expect(await standing()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

it('an organization of before has no sign-ins, and its first makes room for them', async () => {
  const stub = env.ORG.getByName(`old-sessions-${crypto.randomUUID().slice(0, 8)}`);
  await runInDurableObject(stub, (_org, { storage }) => {
    migrateByTable(storage.sql, ORG_MIGRATIONS, 3);
    storage.sql.exec("INSERT INTO profile VALUES ('o', 'O', '00', 1)");
    storage.sql.exec(`INSERT INTO api_key VALUES ('k', 'K', '00', '["job:read"]', 1, NULL)`);
  });
  expect(await stub.authenticateSession('s', '00')).toBeNull();
  expect(await stub.sessionPage(null, 10, null)).toEqual([]);
  expect(await stub.endSession('s', null)).toBe(false);
  const session = { session_id: 's', digest: '01', key_id: 'k', key_digest: '00' };
  expect(await stub.openSession({ ...session, key_digest: '02' })).toBeNull();
  expect(await stub.openSession(session)).toMatchObject({ session_id: 's', key_id: 'k' });
  expect(await stub.authenticateSession('s', '01')).toMatchObject({ permissions: ['job:read'], key_id: 'k' });
  expect(await stub.authenticateSession('s', '00')).toBeNull();
});
