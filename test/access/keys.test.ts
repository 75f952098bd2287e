/** Keys over HTTP: what they may do, who may make and change them, their secrets. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyRegistry } from '../../src/objects/org/key-registry';
import { expectRefusal } from '../attack/refusal.ts';
import { type Client, makeClient, newKey, PERMISSIONS, send } from '../support/client';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('a key', () => {
  it('is made of a preset or of permissions, and says who made it', async () => {
    const presets = {
      worker: ['job:create', 'job:read'],
      viewer: ['job:read'],
      operator: ['job:create', 'job:read', 'job:cancel'],
      admin: PERMISSIONS,
    };
    for (const [preset, permissions] of Object.entries(presets)) {
      const { status, json } = await admin.post('/api/keys', { name: preset, preset });
      expect([status, json.permissions]).toEqual([201, permissions]);
      expect(json.created_by).toEqual({ type: 'key', id: admin.keyId });
      expect((await admin.send('DELETE', `/api/keys/${json.key_id}`)).status).toBe(204);
    }
    const both = await admin.post('/api/keys', { name: 'x', preset: 'admin', permissions: ['job:read'] });
    expectRefusal(both, 422, 'validation_failed');
    expectRefusal(await admin.post('/api/keys', { name: 'x' }), 422, 'validation_failed');
  });

  it('is shown without its secret, with the hour of its last use', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const path = `/api/keys/${key.keyId}`;
    expect((await admin.get(path)).json).toMatchObject({ key_id: key.keyId, last_used_at: null });
    expect((await key.get('/api/jobs')).status).toBe(200);
    const shown = await admin.get(path);
    expect(shown.json.last_used_at).toBe(`${new Date().toISOString().slice(0, 13)}:00:00.000Z`);
    expect(shown.text).not.toContain('api_key');
    expect(shown.text).not.toContain('digest');
  });

  it('writes its use once an hour and not with each request', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    await runInDurableObject(env.ORG.getByName(admin.organization), async (org, { storage }) => {
      const { digest } = new KeyRegistry(storage.sql).get(key.keyId) ?? { digest: '' };
      await org.authenticate(key.keyId, digest, true);
      const exec = vi.spyOn(KeyRegistry.prototype, 'used');
      for (let n = 0; n < 5; n++) expect(await org.authenticate(key.keyId, digest, true)).not.toBeNull();
      expect(exec).not.toHaveBeenCalled();
      exec.mockRestore();
    });
  });

  it('opens nothing from the moment that it expires, though it was believed before', async () => {
    const key = await newKey(admin, { preset: 'viewer', expires_at: soon(2_000) });
    expect((await key.get('/api/jobs')).status).toBe(200);
    await vi.waitFor(async () => expectRefusal(await key.get('/api/jobs'), 401, 'unauthenticated'), 10_000);
    expectRefusal(await admin.send('PATCH', `/api/keys/${key.keyId}`, { body: {} }), 404, 'not_found');
  });

  it('is not made to expire in the past', async () => {
    const past = await admin.post('/api/keys', { name: 'x', preset: 'viewer', expires_at: soon(-1_000) });
    expectRefusal(past, 422, 'validation_failed');
  });
});

describe('rotation', () => {
  it('gives the same key another secret; the one before opens it until the grace period is over', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    expect((await key.get('/api/jobs')).status).toBe(200);
    const rotated = await admin.post(`/api/keys/${key.keyId}/rotate`, { grace_period: 2 });
    expect(rotated.status, rotated.text).toBe(200);
    expect(rotated.json).toMatchObject({ key_id: key.keyId, permissions: ['job:read'] });
    expect(rotated.json.api_key).not.toBe(key.key);
    for (const secret of [key.key, rotated.json.api_key])
      expect((await send(secret, 'GET', '/api/jobs')).status).toBe(200);
    // Not the half minute for which a key is believed, but when it was said to end.
    await vi.waitFor(async () => expectRefusal(await key.get('/api/jobs'), 401, 'unauthenticated'), 40_000);
    expect((await send(rotated.json.api_key, 'GET', '/api/jobs')).status).toBe(200);
  }, 60_000);

  it('has a day of grace by default and a week at most', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const path = `/api/keys/${key.keyId}/rotate`;
    const { json } = await admin.send('POST', path);
    const left = Date.parse(json.older_secret_until) - Date.now();
    expect(left).toBeGreaterThan(86_390_000);
    expect(left).toBeLessThanOrEqual(86_400_000);
    expectRefusal(await admin.post(path, { grace_period: 604_801 }), 422, 'validation_failed');
    expectRefusal(await admin.post(path, { grace_period: -1 }), 422, 'validation_failed');
    expect((await admin.post(path, { grace_period: 0 })).status).toBe(200);
    expectRefusal(await send(json.api_key, 'GET', '/api/jobs'), 401, 'unauthenticated');
  });
});

describe('nobody gives what they lack', () => {
  it('a key neither makes one with more nor raises itself or another, nor takes the secret of one', async () => {
    const manager = await newKey(admin, { permissions: ['key:manage', 'job:read'] });
    const [own, other] = [`/api/keys/${manager.keyId}`, `/api/keys/${admin.keyId}`];
    const viewer = await newKey(manager, { preset: 'viewer' });
    const change = (path: string, body: unknown) => manager.send('PATCH', path, { body });
    const denied = [
      await manager.post('/api/keys', { name: 'x', permissions: ['job:create'] }),
      await manager.post('/api/keys', { name: 'x', preset: 'admin' }),
      await change(own, { permissions: ['key:manage', 'job:read', 'job:cancel'] }),
      await change(own, { preset: 'admin' }),
      await change(`/api/keys/${viewer.keyId}`, { permissions: ['job:read', 'job:create'] }),
      await manager.post(`${other}/rotate`, {}),
    ];
    for (const answer of denied) expectRefusal(answer, 403, 'permission_denied');
    expect((await change(`/api/keys/${viewer.keyId}`, { name: 'renamed' })).json.name).toBe('renamed');
    expect((await manager.post(`${own}/rotate`, {})).status).toBe(200);
  });

  it('a key that expires makes none that lasts longer, and does not last longer itself', async () => {
    const end = soon(3_600_000);
    const manager = await newKey(admin, { preset: 'admin', expires_at: end });
    const own = `/api/keys/${manager.keyId}`;
    for (const expires_at of [undefined, null, soon(7_200_000)]) {
      const made = await manager.post('/api/keys', { name: 'x', preset: 'viewer', expires_at });
      expectRefusal(made, 403, 'permission_denied');
    }
    for (const expires_at of [null, soon(7_200_000)])
      expectRefusal(await manager.send('PATCH', own, { body: { expires_at } }), 403, 'permission_denied');
    expect((await newKey(manager, { preset: 'viewer', expires_at: end })).key).toMatch(/^hw_/);
    expect((await admin.send('PATCH', own, { body: { expires_at: null } })).json.expires_at).toBeNull();
  });

  it('a key that is widened, lasts longer or is given a permission has no more than whoever does it, whatever it had', async () => {
    const manager = await newKey(admin, { permissions: ['key:manage', 'job:read', 'job:cancel'] });
    const change = (key: Client, body: unknown) => manager.send('PATCH', `/api/keys/${key.keyId}`, { body });
    const narrow = { job_types: ['import', 'export'], expires_at: soon(3_600_000) };
    const worker = await newKey(admin, { preset: 'worker', ...narrow });
    for (const wider of [
      { job_types: null },
      { job_types: ['import', 'crawl'] },
      { expires_at: null },
      { expires_at: soon(7_200_000) },
    ])
      expectRefusal(await change(worker, wider), 403, 'permission_denied');
    const less = { name: 'less', job_types: ['import'], expires_at: soon(1_800_000) };
    expect((await change(worker, less)).json).toMatchObject(less);
    expect((await change(worker, { permissions: ['job:create'] })).status).toBe(200);
    const reader = await newKey(admin, { preset: 'viewer', ...narrow });
    expect((await change(reader, { job_types: null, expires_at: null })).status).toBe(200);
    await admin.send('PATCH', `/api/keys/${manager.keyId}`, { body: { expires_at: soon(3_600_000) } });
    expectRefusal(
      await change(reader, { permissions: ['job:read', 'job:cancel'] }),
      403,
      'permission_denied',
    );
    const brief = { permissions: ['job:read', 'job:cancel'], expires_at: soon(1_800_000) };
    expect((await change(reader, brief)).json).toMatchObject(brief);
  });

  it('a key that was just revoked makes none, though it is believed for half a minute', async () => {
    const manager = await newKey(admin, { preset: 'admin' });
    expect((await manager.get('/api/keys')).status).toBe(200);
    expect((await admin.send('DELETE', `/api/keys/${manager.keyId}`)).status).toBe(204);
    expectRefusal(await manager.post('/api/keys', { name: 'x', preset: 'viewer' }), 401, 'unauthenticated');
    expectRefusal(await manager.post(`/api/keys/${admin.keyId}/rotate`, {}), 401, 'unauthenticated');
  });

  it('a hook takes job:create besides, an endpoint job:read, and both say who made them', async () => {
    const fields = { permissions: ['webhook:manage', 'job:create', 'job:read'] };
    const maker = await newKey(admin, fields);
    const hook = await maker.post('/api/hooks', HOOK);
    const endpoint = await maker.post('/api/webhooks', ENDPOINT);
    for (const made of [hook, endpoint]) {
      expect(made.status, made.text).toBe(201);
      expect(made.json.created_by).toEqual({ type: 'key', id: maker.keyId });
    }
    const bare = await newKey(admin, { permissions: ['webhook:manage'] });
    expectRefusal(await bare.post('/api/hooks', HOOK), 403, 'permission_denied');
    expectRefusal(await bare.post('/api/webhooks', ENDPOINT), 403, 'permission_denied');
    const sent = `/api/webhooks/${endpoint.json.webhook_id}/deliveries`;
    expectRefusal(await bare.get(sent), 403, 'permission_denied');
    expect((await maker.get(sent)).status).toBe(200);
    // Whoever knows a hook's URL creates jobs by it.
    for (const path of ['/api/hooks', `/api/hooks/${hook.json.hook_id}`]) {
      expectRefusal(await bare.get(path), 403, 'permission_denied');
      expect((await maker.get(path)).text).toContain(hook.json.url);
    }
    expect((await bare.get('/api/webhooks')).json.webhooks[0].created_by.id).toBe(maker.keyId);
  });
});

const HOOK = {
  name: 'a-hook',
  verification: { scheme: 'token' },
  mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
};
const ENDPOINT = { url: 'https://receiver.example/hook' };

describe('revoking a key', () => {
  async function family() {
    const client = await makeClient();
    const maker = await newKey(client, { preset: 'admin' });
    const child = await newKey(maker, { preset: 'admin' });
    const grandchild = await newKey(child, { preset: 'viewer' });
    const hook = (await child.post('/api/hooks', HOOK)).json.hook_id;
    const webhook = (await maker.post('/api/webhooks', ENDPOINT)).json.webhook_id;
    const made = { keys: [child.keyId, grandchild.keyId].sort(), webhooks: [webhook], hooks: [hook] };
    const sorted = (one: typeof made) => ({ ...one, keys: [...one.keys].sort() });
    return { client, maker, child, made, sorted };
  }

  it('names what it made and leaves it there', async () => {
    const { client, maker, child, made, sorted } = await family();
    const revoked = await client.send('DELETE', `/api/keys/${maker.keyId}`);
    expect(revoked.status, revoked.text).toBe(200);
    expect([sorted(revoked.json.made), revoked.json.taken_along]).toEqual([made, false]);
    expect((await child.get('/api/webhooks')).json.webhooks).toHaveLength(1);
    expect((await child.get('/api/hooks')).json.hooks).toHaveLength(1);
  });

  it('takes along what it made where it is told to, and a repeat finds nothing', async () => {
    const { client, maker, made, sorted } = await family();
    const path = `/api/keys/${maker.keyId}?made=delete`;
    const revoked = await client.send('DELETE', path);
    expect([sorted(revoked.json.made), revoked.json.taken_along]).toEqual([made, true]);
    expect((await client.get('/api/webhooks')).json.webhooks).toEqual([]);
    expect((await client.get('/api/hooks')).json.hooks).toEqual([]);
    const { keys } = (await client.get('/api/keys')).json;
    expect(keys.filter((key: { revoked_at: unknown }) => key.revoked_at === null)).toHaveLength(1);
    expect((await client.send('DELETE', path)).status).toBe(204);
  });
});
