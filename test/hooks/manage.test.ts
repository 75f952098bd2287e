/** How an organization manages its hooks. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { SCHEMES } from '../../src/domain/hook/verification';
import { HookDO } from '../../src/objects/hook/hook-do';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { OrgDO } from '../../src/objects/org/org-do';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { OrgStore } from '../../src/objects/org/org-store';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, send } from '../support/client';
import { hookOf, hookStub } from '../support/objects';
import { COUNT, deliver, github, makeHook, SECRETS, SLACK } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('a hook', () => {
  it('is made, read, changed and deleted', async () => {
    const own = await makeClient();
    const body = { name: 'catalogue', verification: GITHUB, mapping: COUNT };
    const made = await own.post('/api/hooks', body);
    expect(made.status).toBe(201);
    expect(made.json).toEqual({
      hook_id: expect.stringMatching(/^[0-3][0-9a-f]{32}$/),
      name: 'catalogue',
      url: expect.stringMatching(
        new RegExp(`^https://headway\\.test/hooks/${own.organization}/catalogue/[0-9a-f]{49}$`),
      ),
      older_url_until: null,
      verification: { scheme: 'github' },
      mapping: COUNT,
      created_at: expect.stringMatching(/Z$/),
      created_by: { type: 'key', id: own.keyId },
      updated_at: made.json.created_at,
    });
    const place = `/api/hooks/${made.json.hook_id}`;
    expect((await own.get(place)).json).toEqual(made.json);
    expect((await own.get('/api/hooks')).json).toEqual({ hooks: [made.json], next_cursor: null });
    const path = new URL(made.json.url).pathname;
    const raw = '{"n":1,"id":"a"}';
    expect((await deliver(path, raw, github(raw))).status).toBe(202);

    const changed = await own.send('PATCH', place, {
      body: {
        verification: { ...GITHUB, secret: 'another secret of theirs' },
        mapping: { ...COUNT, set: { job_type: 'crawl' } },
      },
    });
    expect(changed.json).toMatchObject({ url: made.json.url, mapping: { set: { job_type: 'crawl' } } });
    expect((await deliver(path, raw, github(raw))).status).toBe(404);
    const other = '{"n":1,"id":"b"}';
    const answer = await deliver(path, other, github(other, 'another secret of theirs'));
    expect((await own.get(`/api/jobs/${answer.json.job_id}`)).json.job_type).toBe('crawl');
    expect((await own.send('PATCH', place, { body: {} })).json).toMatchObject({
      mapping: changed.json.mapping,
    });

    expect((await own.send('DELETE', place)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expectRefusal(await own.send(method, place), 404, 'not_found');
    expect((await own.get('/api/hooks')).json).toEqual({ hooks: [], next_cursor: null });
    expectRefusal(await deliver(path, other, github(other, 'another secret of theirs')), 404, 'not_found');
  });

  it.each([
    [{ scheme: 'github' }, 'verification.secret', 'is required with github'],
    [{ scheme: 'github', secret: 'short' }, 'verification.secret', 'must be a key of 16 bytes at least'],
    [
      { scheme: 'hmac', secret: 'ab'.repeat(15), header: 'x', secret_encoding: 'hex' },
      'verification.secret',
      'must be a key of 16 bytes at least',
    ],
    [
      { scheme: 'standard_webhooks', secret: 'whsec_c2hvcnQ=' },
      'verification.secret',
      'must be a key of 16 bytes at least',
    ],
    [
      { scheme: 'token', secret: 'a secret too many' },
      'verification.secret',
      'must not come with token: the URL is the proof',
    ],
    [
      { ...GITHUB, header: 'X-Mine' },
      'verification.header',
      'is for the scheme hmac, ed25519, ecdsa-p256, header; github has its own',
    ],
    [
      { scheme: 'standard_webhooks', secret: 'whsec_no base64!' },
      'verification.secret',
      'must be whsec_ and base64',
    ],
    [{ scheme: 'md5' }, 'verification.scheme', `must be one of ${SCHEMES.join(', ')}`],
    [{ ...GITHUB, secert: 'x' }, 'verification.secert', 'is not a known field; did you mean secret?'],
    [{ scheme: 'hmac', secret: 'a secret of the two' }, 'verification.header', 'is required with hmac'],
    [{ ...SLACK, header: 'X Y' }, 'verification.header', 'must be the name of a header'],
    [
      { ...SLACK, signed: '{t}' },
      'verification.signed',
      'must hold {body}, or {form} as Twilio has it: a signature that does not cover the body proves nothing of it',
    ],
    [
      { ...SLACK, signed: '{t}{uri}{body}' },
      'verification.signed',
      'must hold no other braces than {body}, {t}, {id}, {url}, {method}, {form} and {header:Its-Name}',
    ],
    [{ ...SLACK, signed: '{t}{body}{t}' }, 'verification.signed', 'must hold each place once at most'],
    [
      { ...SLACK, signed: `{t}{body}${'x'.repeat(500)}` },
      'verification.signed',
      'must have at most 500 characters',
    ],
    [
      { scheme: 'hmac', secret: 'a secret of the two', header: 'x', tolerance: 60 },
      'verification.tolerance',
      'is for a {t} in signed',
    ],
    [
      { scheme: 'hmac', secret: 'a secret of the two', header: 'x', secret_encoding: 'hex' },
      'verification.secret',
      'must be hex',
    ],
    [
      { scheme: 'discord', secret: 'not a public key' },
      'verification.secret',
      'must be a public key for ed25519, as hex, base64 or PEM',
    ],
    [{ scheme: 'basic', secret: 'no colon here' }, 'verification.secret', 'must be user:password'],
    [{ scheme: 'header', secret: 'a secret of the two' }, 'verification.header', 'is required with header'],
    [{ ...GITHUB, handshake: { kind: 'zoom' } }, 'verification.handshake', 'zoom is for the scheme hmac'],
    [{ ...GITHUB, handshake: { kind: 'echo' } }, 'verification.handshake.pointer', 'is required with echo'],
    [
      { ...SLACK, signed: '{body}' },
      'verification.signed',
      'must hold {t} just where timestamp_header or timestamp_prefix says where it is',
    ],
    [
      { ...SLACK, signed: '{id}.{t}.{body}' },
      'verification.signed',
      'must hold {id} just where id_header says where it is',
    ],
    [
      { ...SLACK, timestamp_header: null, timestamp_prefix: 't=' },
      'verification.separator',
      'is required beside timestamp_prefix',
    ],
  ])('%j is refused', async (verification, path, message) => {
    const answer = await client.post('/api/hooks', { name: 'a', verification, mapping: COUNT });
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.json.errors).toContainEqual({ path, message });
  });

  it('a mapping’s fault is told at its place', async () => {
    const answer = await client.post('/api/hooks', {
      ...{ name: 'a', verification: GITHUB },
      mapping: { action: 'create', from: { total_items: 'count', nmae: '/n' }, set: { job_type: '' } },
    });
    expect(answer.json.errors.map(({ path }: { path: string }) => path)).toEqual([
      'mapping.from.total_items',
      'mapping.from.nmae',
      'mapping.set.job_type',
    ]);
  });

  it('a name that is no part of a URL is refused', async () => {
    for (const name of ['', 'A', 'a/b', '-a', 'ä', 'a'.repeat(41), 7]) {
      const answer = await client.post('/api/hooks', { name, verification: GITHUB, mapping: COUNT });
      expectRefusal(answer, 422, 'validation_failed');
    }
  });

  it('whose maker died before it was listed gives itself up, and is listed no more', async () => {
    const own = await makeClient();
    const create = vi.spyOn(HookDO.prototype, 'create');
    const addHook = vi.spyOn(OrgDO.prototype, 'addHook').mockRejectedValue(new Error('away'));
    const body = { name: 'a', verification: GITHUB, mapping: COUNT };
    expect((await own.post('/api/hooks', body)).status).toBeGreaterThanOrEqual(500);
    const [made] = create.mock.calls.map(([, hook]) => hook);
    create.mockRestore();
    addHook.mockRestore();
    const hookId = made?.hook_id ?? '';
    const stub = hookStub(own.organization, hookId);
    expect(await hookOf(own.organization, hookId).get(own.organization)).not.toBeNull();
    const due = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect(due).toBe((made?.created_at ?? 0) + 60_000);
    await runDurableObjectAlarm(stub);
    const left = await runInDurableObject(stub, async (_, { storage }) => {
      return [
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'hook'").toArray(),
        await storage.getAlarm(),
      ];
    });
    expect(left).toEqual([[], null]);
    // What was begun so long ago that it may be gone is not listed.
    const org = env.ORG.getByName(own.organization);
    const late = await org.addHook(hookId, null, undefined, Date.now() - 31_000);
    expect(late).toMatchObject({ code: 'overloaded' });
    expect(await org.hookIds()).toEqual([]);
  });

  it('that is listed outlives its alarm', async () => {
    const own = await makeClient();
    const { hook_id } = await makeHook(own, GITHUB);
    await runDurableObjectAlarm(hookStub(own.organization, hook_id));
    expect((await own.get(`/api/hooks/${hook_id}`)).status).toBe(200);
  });

  it('the 101st is one too many, and leaves nothing behind', async () => {
    const own = await makeClient();
    const first = await makeHook(own, GITHUB);
    await runInDurableObject(env.ORG.getByName(own.organization), (_, { storage }) => {
      const store = new OrgStore(storage.sql);
      for (let n = 0; n < 99; n++) store.addHook(`0${String(n).padStart(32, '0')}`, n);
    });
    const body = { name: 'a', verification: GITHUB, mapping: COUNT };
    expectRefusal(await own.post('/api/hooks', body), 409, 'quota_exceeded');
    expect((await own.get('/api/hooks')).json.hooks).toHaveLength(1);
    expect((await own.send('DELETE', `/api/hooks/${first.hook_id}`)).status).toBe(204);
    expect((await own.post('/api/hooks', body)).status).toBe(201);
  });
});

it('an organization’s object with the tables of the first version takes hooks', async () => {
  const stub = env.ORG.getByName(`t-${crypto.randomUUID().slice(0, 18)}`);
  await runInDurableObject(stub, (_, { storage }) => {
    migrateByTable(storage.sql, ORG_MIGRATIONS, 1);
    const store = new OrgStore(storage.sql);
    expect(store.hookIds()).toEqual([]);
    store.addHook('one', 1);
    store.addHook('two', 2);
    store.removeHook('one');
    expect(store.hookIds()).toEqual(['two']);
  });
});

it('the public URL is open to POST alone', async () => {
  const hook = await makeHook(client, GITHUB);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expectRefusal(await send(null, method, hook.path), 405, 'method_not_allowed');
  }
});
