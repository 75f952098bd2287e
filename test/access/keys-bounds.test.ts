/** How many keys there are, and keys, Workers and objects of older builds. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { OrgCredentials } from '../../src/objects/org/org-credentials';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { OrgStore } from '../../src/objects/org/org-store';
import { expectRefusal } from '../attack/refusal.ts';
import { type Client, makeClient, makeKey, makeOrganization, newKey, send } from '../support/client';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});

describe('there are bounds', () => {
  it('an organization has a hundred keys that stand; the list is paged, for the operator too', async () => {
    const organization = await makeOrganization();
    const first = await makeKey(organization);
    await runInDurableObject(env.ORG.getByName(organization), async (org) => {
      for (let n = 0; n < 99; n++) {
        const key_id = `0${n.toString(16).padStart(32, '0')}`;
        const terms = { permissions: [], job_types: null, expires_at: null };
        const key = { key_id, name: `${n}`, digest: `${n}`, created_by: null, ...terms };
        expect(await org.makeKey(key, { key_id: null, terms: null })).toMatchObject({ key_id });
      }
    });
    const over = await first.post('/api/keys', { name: 'x', preset: 'viewer' });
    expectRefusal(over, 409, 'quota_exceeded');
    expect(over.json.detail).toContain('100');
    for (const [key, path] of [
      [first.key, '/api/keys'],
      [env.ADMIN_TOKEN, `/admin/orgs/${organization}/keys`],
    ] as const) {
      const seen = new Set<string>();
      let cursor: string | null = '';
      let pages = 0;
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = await send(key, 'GET', `${path}?limit=30${query}`);
        expect(page.status, page.text).toBe(200);
        for (const { key_id } of page.json.keys) seen.add(key_id);
        cursor = page.json.next_cursor;
        pages += 1;
      }
      expect([seen.size, pages]).toEqual([100, 4]);
    }
    await first.send('DELETE', `/api/keys/0${(1).toString(16).padStart(32, '0')}`);
    const revoked = await runInDurableObject(env.ORG.getByName(organization), (org) =>
      org.revokeKey(`0${(1).toString(16).padStart(32, '0')}`),
    );
    expect(revoked).toBe(true);
    expect((await first.post('/api/keys', { name: 'x', preset: 'viewer' })).status).toBe(201);
  });

  it('a key ends in a year of four digits, also where its offset is not that of UTC', async () => {
    const key = await newKey(admin, { preset: 'viewer' });
    const ask = async (expires_at: string) => [
      await admin.post('/api/keys', { name: 'x', preset: 'viewer', expires_at }),
      await admin.send('PATCH', `/api/keys/${key.keyId}`, { body: { expires_at } }),
    ];
    for (const beyond of ['9999-12-31T23:59:59-01:00', '9999-12-31T12:00:00-12:00'])
      for (const answer of await ask(beyond)) {
        expectRefusal(answer, 422, 'validation_failed');
        expect(answer.json.errors[0].path).toBe('expires_at');
      }
    for (const before of ['0000-01-01T00:00:00+01:00', '0000-01-01T00:00:00Z'])
      for (const answer of await ask(before)) expectRefusal(answer, 422, 'validation_failed');
    for (const last of ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.9999999+00:00'])
      for (const { json } of await ask(last)) expect(json.expires_at).toBe('9999-12-31T23:59:59.999Z');
  });

  it('of keys that open nothing any more the newest thousand are kept', async () => {
    const organization = await makeOrganization();
    const first = await makeKey(organization);
    await runInDurableObject(env.ORG.getByName(organization), (_org, { storage }) => {
      storage.sql.exec(
        `INSERT INTO api_key (key_id, name, digest, permissions, created_at, revoked_at)
          WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1050)
          SELECT printf('k%06d', n), 'K', '00', '[]', n, n FROM c`,
      );
    });
    await newKey(first, { preset: 'viewer' });
    const count = await runInDurableObject(env.ORG.getByName(organization), (_org, { storage }) =>
      storage.sql.exec("SELECT count(*) AS n, min(key_id) AS oldest FROM api_key WHERE name = 'K'").one(),
    );
    expect(count).toEqual({ n: 1_000, oldest: 'k000051' });
  });
});

describe('what is older gets along', () => {
  it('a key in the tables of before is shown, works, and can be changed', async () => {
    const stub = env.ORG.getByName(`old-keys-${crypto.randomUUID().slice(0, 8)}`);
    await runInDurableObject(stub, (_org, { storage }) => {
      migrateByTable(storage.sql, ORG_MIGRATIONS, 3);
      const profile = { organization_id: 'o', name: 'O', salt: '00', created_at: 1 };
      storage.sql.exec('INSERT INTO profile VALUES (?, ?, ?, ?)', ...Object.values(profile));
      storage.sql.exec(`INSERT INTO api_key VALUES ('k', 'K', '00', '["job:read"]', 1, NULL)`);
      expect(new OrgStore(storage.sql).profile()).toMatchObject(profile);
    });
    expect(await stub.keyPage(null, 10)).toMatchObject([
      { key_id: 'k', permissions: ['job:read'], job_types: null, expires_at: null, last_used_at: null },
    ]);
    expect(await stub.grantOf('k', true)).toMatchObject({ permissions: ['job:read'], job_types: null });
    expect(await stub.authenticate('k', '00', true)).toMatchObject({ permissions: ['job:read'] });
    const operator = { key_id: null, terms: null };
    expect(await stub.changeKey('k', { job_types: ['a'] }, operator)).toMatchObject({ job_types: ['a'] });
    expect(await stub.madeByKey('k')).toEqual({ keys: [], webhooks: [], hooks: [] });
  });

  it('a Worker that knows of no limits is told of no key that has some', async () => {
    const limited = await newKey(admin, { preset: 'viewer', job_types: ['a'] });
    const stub = env.ORG.getByName(admin.organization);
    expect(await stub.grantOf(limited.keyId)).toBeNull();
    expect(await stub.grantOf(limited.keyId, true)).toMatchObject({ job_types: ['a'] });
    const key = await stub.addKey(`0${'f'.repeat(32)}`, 'old', ['job:read'], '00');
    expect(key).toMatchObject({ name: 'old', job_types: null });
  });

  it('an object that does not know what is asked for is being updated: 503, come back', async () => {
    const { keyPage } = OrgCredentials.prototype;
    Reflect.deleteProperty(OrgCredentials.prototype, 'keyPage');
    try {
      expectRefusal(await admin.get('/api/keys'), 503, 'unavailable');
    } finally {
      OrgCredentials.prototype.keyPage = keyPage;
    }
    expect((await admin.get('/api/keys')).status).toBe(200);
  });
});
