/** Signing in with a code: once, and not for long. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CODE_LIFE, KEY_SESSION_LIMIT } from '../../src/domain/access/session';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, newKey, send } from '../support/client';
import { SignedIn, signIn } from '../support/sign-in';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});

describe('a code that signs in', () => {
  const byCode = (code: string, headers: Record<string, string> = {}) =>
    send(null, 'POST', '/api/session/code', { body: { code }, headers });

  it('opens once, for what its key may, and says who in the audit', async () => {
    const key = await newKey(admin, { permissions: ['job:read'] });
    const made = await key.send('POST', '/api/session/codes');
    expect(made.status, made.text).toBe(201);
    const { code, url, expires_at } = made.json;
    expect(url).toBe(`https://headway.test/ui/#code=${code}`);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(CODE_LIFE);
    const browser = new SignedIn(await byCode(code));
    const me = await browser.send('GET', '/api/me');
    expect(me.json).toMatchObject({ permissions: ['job:read'], signed_in_by: 'session' });
    expectRefusal(await byCode(code), 401, 'unauthenticated');
    const { records } = (await admin.send('GET', '/api/audit?action=session.create&limit=1')).json;
    expect(records[0]).toMatchObject({
      actor: { type: 'key', id: browser.session.key_id, name: 'A test' },
      target: { id: browser.session.session_id },
    });
  });

  it('is no bearer and no cookie, and takes a key to be made', async () => {
    const { code } = (await admin.send('POST', '/api/session/codes')).json;
    expectRefusal(await send(code, 'GET', '/api/me'), 401, 'unauthenticated');
    const headers = { Cookie: `__Host-headway_session=${code}` };
    expectRefusal(await send(null, 'GET', '/api/me', { headers }), 401, 'unauthenticated');
    const browser = await signIn(admin);
    expectRefusal(await browser.send('POST', '/api/session/codes'), 403, 'permission_denied');
  });

  it('opens nothing once it is old, its key is gone, or it was changed; and not from a page of another origin', async () => {
    const key = await newKey(admin, { permissions: ['job:read'] });
    const { code } = (await key.send('POST', '/api/session/codes')).json;
    const last = code.endsWith('0') ? '1' : '0';
    expectRefusal(await byCode(`${code.slice(0, -1)}${last}`), 401, 'unauthenticated');
    expectRefusal(await byCode(code, { 'Sec-Fetch-Site': 'cross-site' }), 403, 'origin_not_allowed');
    const { key_id } = new SignedIn(await byCode((await key.send('POST', '/api/session/codes')).json.code))
      .session;
    await admin.send('DELETE', `/api/keys/${key_id}`);
    expectRefusal(await byCode(code), 401, 'unauthenticated');
    const late = (await admin.send('POST', '/api/session/codes')).json.code;
    vi.setSystemTime(Date.now() + CODE_LIFE);
    try {
      expectRefusal(await byCode(late), 401, 'unauthenticated');
    } finally {
      vi.useRealTimers();
    }
  });

  it('is one of a hundred at most of its key that nobody has used', async () => {
    const crowd = await makeClient();
    const key = await newKey(crowd, { preset: 'viewer' });
    for (let n = 0; n < KEY_SESSION_LIMIT; n++) {
      expect((await key.send('POST', '/api/session/codes')).status).toBe(201);
    }
    expectRefusal(await key.send('POST', '/api/session/codes'), 409, 'quota_exceeded');
    expect((await crowd.send('POST', '/api/session/codes')).status).toBe(201);
    const rotated = await crowd.post(`/api/keys/${key.keyId}/rotate`, { grace_period: 0 });
    expect((await send(rotated.json.api_key, 'POST', '/api/session/codes')).status).toBe(201);
  });
});
