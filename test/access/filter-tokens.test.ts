/** Tokens for all jobs that a filter lets through: who makes which, who sees them, and when they end. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { STANDARD_LIMITS } from '../../src/domain/access/limits';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { FilterTokenRegistry } from '../../src/objects/org/filter-token-registry';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { authenticateFilterToken } from '../../src/services/access/authenticate-filter-token';
import { expectRefusal } from '../attack/refusal';
import { Client, makeClient, makeKey, send } from '../support/client';
import { makeMembers, Provider } from '../support/sessions';
import { makeFilterToken, makeToken } from '../support/tokens';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});

async function newKey(by: Client, fields: Record<string, unknown>): Promise<Client> {
  const { status, text, json } = await by.post('/api/keys', { name: 'A test', ...fields });
  if (status !== 201) throw new Error(text);
  return new Client(by.organization, json.api_key, json.key_id);
}

const ask = (fields: unknown, by = admin) => by.post('/api/tokens', fields);
const lists = (token: string) => send(token, 'GET', '/api/jobs');
const revoke = (tokenId: string, by = admin) => by.send('DELETE', `/api/tokens/${tokenId}`);
const WALL = { tag: 'wall' };

describe('making one', () => {
  it('answers what it is; what opens something, once', async () => {
    const { status, json, text } = await ask({ scope: 'read', filter: WALL, expires_in: 60 });
    expect(status, text).toBe(201);
    const { token, ...shown } = json;
    expect(token).toMatch(/^hwf_[a-z0-9-]+_[0-3][0-9a-f]{32}_[0-9a-f]{56}$/);
    expect(shown).toEqual({
      token_id: expect.stringMatching(/^[0-3][0-9a-f]{32}$/),
      key_id: admin.keyId,
      scope: 'read',
      filter: { job_type: null, tag: 'wall' },
      created_at: expect.any(String),
      expires_at: expect.any(String),
    });
    expect(Date.parse(json.expires_at) - Date.parse(json.created_at)).toBe(60_000);
    const listed = await admin.get('/api/tokens?limit=100');
    expect(listed.json.tokens).toContainEqual(shown);
    for (const secret of ['hwf_', 'digest']) expect(listed.text).not.toContain(secret);
  });

  it('lasts an hour where nobody says, 365 days at most for pictures, 30 for reads', async () => {
    const plain = await makeFilterToken(admin, WALL);
    expect(Math.round((Date.parse(plain.expires_at) - Date.now()) / 60_000)).toBe(60);
    for (const [scope, days] of [
      ['picture', 365],
      ['read', 30],
    ] as const) {
      const longest = days * 86_400;
      expect((await ask({ scope, filter: WALL, expires_in: longest })).status).toBe(201);
      expectRefusal(await ask({ scope, filter: WALL, expires_in: longest + 1 }), 422, 'validation_failed');
    }
  });

  it.each([
    {},
    { scope: 'read' },
    { scope: 'report', filter: WALL },
    { scope: 'read', filter: {} },
    { scope: 'read', filter: { tag: null } },
    { scope: 'read', filter: { tag: '' } },
    { scope: 'read', filter: { job_type: 'x'.repeat(101) } },
    { scope: 'read', filter: { tag: ['wall'] } },
    { scope: 'read', filter: { ...WALL, status: 'failed' } },
    { scope: 'read', filter: WALL, expires_in: 0 },
    { scope: 'read', filter: WALL, allow_get: true },
  ])('%j is none', async (body) => {
    expectRefusal(await ask(body), 422, 'validation_failed');
  });

  it('takes job:read, and a key: no member, no token', async () => {
    const writer = await makeKey(admin.organization, ['job:create']);
    expectRefusal(await ask({ scope: 'read', filter: WALL }, writer), 403, 'permission_denied');
    const { token } = await makeFilterToken(admin, WALL);
    const byJob = await makeToken(admin, await admin.createJob(), 'report');
    for (const one of [token, byJob]) {
      const answer = await send(one, 'POST', '/api/tokens', { body: { scope: 'read', filter: WALL } });
      expectRefusal(answer, 403, 'permission_denied');
    }
    const { external } = await makeMembers();
    const { session_token } = await new Provider().signIn(external, { roles: ['stytch_admin'] });
    const member = await send(null, 'POST', '/api/tokens', {
      body: { scope: 'read', filter: WALL },
      headers: { Cookie: `stytch_session=${session_token}` },
    });
    expectRefusal(member, 403, 'permission_denied');
  });

  it('a key for some types makes those of its types alone, and without a type they are of its types', async () => {
    const limited = await newKey(admin, { permissions: ['job:read'], job_types: ['export'] });
    const beyond = await ask({ scope: 'read', filter: { job_type: 'import' } }, limited);
    expectRefusal(beyond, 403, 'permission_denied');
    const [inside, outside] = [
      await admin.createJob({ job_type: 'export', tags: ['wall'] }),
      await admin.createJob({ job_type: 'import', tags: ['wall'] }),
    ];
    for (const filter of [{ job_type: 'export' }, WALL]) {
      const { token } = await makeFilterToken(limited, filter);
      const { text } = await lists(token);
      expect(text).toContain(inside);
      expect(text).not.toContain(outside);
      expect((await send(token, 'GET', `/api/jobs/${inside}`)).status).toBe(200);
      expectRefusal(await send(token, 'GET', `/api/jobs/${outside}`), 404, 'job_not_found');
    }
  });

  it('an organization has a thousand that stand; what has ended counts no more', async () => {
    const client = await makeClient();
    const doomed = await newKey(client, { preset: 'viewer' });
    const fill = (keyId: string, from: number, count: number, expires_at: number) =>
      runInDurableObject(env.ORG.getByName(client.organization), (_org, { storage }) => {
        const registry = new FilterTokenRegistry(storage.sql);
        const filter = { job_type: null, tag: 'wall' };
        const row = { key_id: keyId, digest: '', scope: 'read' as const, filter, created_at: 1, expires_at };
        for (let n = from; n < from + count; n++) registry.add({ ...row, token_id: `t${n}` });
      });
    const later = Date.now() + 3_600_000;
    await fill(client.keyId, 0, 500, Date.now());
    await fill(doomed.keyId, 1_000, 500, later);
    await fill(client.keyId, 2_000, STANDARD_LIMITS.filter_tokens - 500, later);
    expectRefusal(await ask({ scope: 'read', filter: WALL }, client), 409, 'quota_exceeded');
    expect((await client.send('DELETE', `/api/keys/${doomed.keyId}`)).status).toBe(204);
    const made = await makeFilterToken(client, WALL);
    const pages = new Set<string>();
    for (let path = '/api/tokens?limit=100'; ; ) {
      const { json } = await client.get(path);
      for (const { token_id } of json.tokens) pages.add(token_id);
      if (json.next_cursor === null) break;
      path = `/api/tokens?limit=100&cursor=${encodeURIComponent(json.next_cursor)}`;
    }
    expect(pages.size).toBe(STANDARD_LIMITS.filter_tokens - 500 + 1);
    expect(pages.has(made.token_id)).toBe(true);
  });
});

describe('it ends', () => {
  const gone = async (token: string) => expectRefusal(await lists(token), 401, 'unauthenticated');

  it('when it is revoked, by who manages keys or by its own key, and nobody else', async () => {
    const [one, other] = [
      await newKey(admin, { preset: 'viewer' }),
      await newKey(admin, { preset: 'viewer' }),
    ];
    const made = [await makeFilterToken(one, WALL), await makeFilterToken(one, WALL)];
    const [first, second] = made as [(typeof made)[0], (typeof made)[0]];
    expectRefusal(await revoke(first.token_id, other), 404, 'not_found');
    expect((await other.get('/api/tokens')).json).toEqual({ tokens: [], next_cursor: null });
    const own = (await one.get('/api/tokens')).json.tokens;
    expect(own.map(({ token_id }: { token_id: string }) => token_id)).toEqual(
      made.map(({ token_id }) => token_id),
    );
    expect((await revoke(first.token_id, one)).status).toBe(204);
    expect((await revoke(second.token_id)).status).toBe(204);
    for (const { token, token_id } of made) {
      await gone(token);
      expectRefusal(await revoke(token_id), 404, 'not_found');
    }
    for (const none of ['x', admin.keyId, `${first.token_id.slice(0, -1)}g`])
      expectRefusal(await revoke(none), 404, 'not_found');
  });

  it('is believed for 30 s and no longer, and for no moment past its end', async () => {
    const config = configOf(env);
    const now = Date.now();
    const look = async (token: string, later: number) => {
      const found = await authenticateFilterToken(env, config, token, now + later);
      return found.ok && found.value !== null;
    };
    const revoked = await makeFilterToken(admin, WALL);
    expect(await look(revoked.token, 0)).toBe(true);
    expect((await revoke(revoked.token_id)).status).toBe(204);
    expect(await look(revoked.token, 29_999)).toBe(true);
    expect(await look(revoked.token, 30_000)).toBe(false);
    const brief = await makeFilterToken(admin, WALL, 'read', 2);
    expect((await lists(brief.token)).status).toBe(200);
    await vi.waitFor(() => gone(brief.token), 20_000);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(brief.expires_at));
  });

  it('with its key: revoked, or expired', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const { token } = await makeFilterToken(key, WALL);
    expect((await admin.send('DELETE', `/api/keys/${key.keyId}`)).status).toBe(204);
    await gone(token);
    const listed = (await admin.get('/api/tokens?limit=100')).json.tokens;
    expect(listed.some(({ key_id }: { key_id: string }) => key_id === key.keyId)).toBe(false);
    const expires_at = new Date(Date.now() + 3_000).toISOString();
    const brief = await makeFilterToken(await newKey(admin, { preset: 'viewer', expires_at }), WALL);
    expect(brief.expires_at).toBe(expires_at);
    expect((await lists(brief.token)).status).toBe(200);
    await vi.waitFor(() => gone(brief.token), 20_000);
  }, 40_000);

  it('and never does more than its key: what the key loses, it loses', async () => {
    const key = await newKey(admin, { preset: 'operator' });
    const job = await admin.createJob({ job_type: 'export', tags: ['wall'] });
    const made = [await makeFilterToken(key, WALL), await makeFilterToken(key, { job_type: 'export' })];
    const change = (body: unknown) => admin.send('PATCH', `/api/keys/${key.keyId}`, { body });
    expect((await change({ job_types: ['other'] })).status).toBe(200);
    for (const { token } of made) {
      expect((await lists(token)).json).toEqual({ jobs: [], next_cursor: null });
      expectRefusal(await send(token, 'GET', `/api/jobs/${job}`), 404, 'job_not_found');
    }
    expect((await change({ permissions: ['job:create'], job_types: null })).status).toBe(200);
    const { token } = await makeFilterToken(admin, WALL);
    expect((await lists(token)).text).toContain(job);
    const late = await ask({ scope: 'read', filter: WALL }, key);
    expectRefusal(late, 403, 'permission_denied');
  });

  it('a text that was not made here, or for another organization, comes near no object', async () => {
    const { token } = await makeFilterToken(admin, WALL);
    const asked = vi.spyOn(env.ORG, 'getByName');
    const forged = token.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const session = token.replace('hwf_', 'hws_');
    for (const one of [
      forged,
      token.replace(admin.organization, 'other'),
      'hwf_',
      token.toUpperCase(),
      session,
    ])
      await gone(one);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    const [, , id = ''] = token.split('_');
    expectRefusal(await revoke(id, await makeClient()), 404, 'not_found');
  });
});

it('an organization of before has none, and its first makes room for them', async () => {
  const stub = env.ORG.getByName(`old-tokens-${crypto.randomUUID().slice(0, 8)}`);
  await runInDurableObject(stub, (_org, { storage }) => {
    migrateByTable(storage.sql, ORG_MIGRATIONS, 5);
    storage.sql.exec("INSERT INTO profile VALUES ('o', 'O', '00', 1)");
    storage.sql.exec(
      `INSERT INTO api_key (key_id, name, digest, permissions, created_at) VALUES ('k', 'K', '00', '["job:read"]', 1)`,
    );
  });
  expect(await stub.authenticateFilterToken('t', '00')).toBeNull();
  expect(await stub.filterTokenPage(null, 10, null)).toEqual([]);
  expect(await stub.revokeFilterToken('t', null)).toBe(false);
  const filter = { job_type: 'export', tag: null };
  const token = { token_id: 't', key_id: 'k', scope: 'read' as const, filter, digest: '01', life: 60_000 };
  expect(await stub.makeFilterToken({ ...token, key_id: 'none' })).toBeNull();
  expect(await stub.makeFilterToken(token)).toMatchObject({ token_id: 't', filter });
  expect(await stub.authenticateFilterToken('t', '01')).toMatchObject({ key_id: 'k', filter, scope: 'read' });
  expect(await stub.authenticateFilterToken('t', '00')).toBeNull();
});
