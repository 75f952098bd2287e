/** How an organization manages its hooks, and what nobody ever sees of them. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { SCHEMES } from '../../src/domain/hook/verification';
import { hookObject } from '../../src/objects/address';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { ORG_MIGRATIONS } from '../../src/objects/org/org-schema';
import { OrgStore } from '../../src/objects/org/org-store';
import { hookPath, mintHookRef, readHookId, readHookPath } from '../../src/services/ids/hook-url';
import { expectRefusal, fingerprint } from '../attack/refusal';
import { type Client, makeClient, makeKey, send } from '../support/client';
import { countRows } from '../support/count-rows';
import {
  arrivals,
  COUNT,
  deliver,
  github,
  jobs,
  makeHook,
  SECRETS,
  SLACK,
  slack,
  standard,
  stripe,
} from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const NOBODY = `0${'0'.repeat(32)}`;

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

/** The hook's object, addressed as the service does. */
function hookStub(organization: string, hookId: string) {
  return env.HOOK.getByName(`${organization}/${hookId.slice(1, 17)}`);
}

/** The same as a caller sees it. */
function hookOf(organization: string, hookId: string) {
  return hookObject(env, organization, hookId.slice(1, 17));
}

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
      verification: { scheme: 'github' },
      mapping: COUNT,
      created_at: expect.stringMatching(/Z$/),
      updated_at: made.json.created_at,
    });
    const place = `/api/hooks/${made.json.hook_id}`;
    expect((await own.get(place)).json).toEqual(made.json);
    expect((await own.get('/api/hooks')).json).toEqual({ hooks: [made.json] });
    const path = new URL(made.json.url).pathname;
    const raw = '{"n":1,"id":"a"}';
    expect((await deliver(path, raw, github(raw))).status).toBe(202);

    const changed = await own.send('PATCH', place, {
      body: {
        verification: { ...GITHUB, secret: 'another secret' },
        mapping: { ...COUNT, set: { job_type: 'crawl' } },
      },
    });
    expect(changed.json).toMatchObject({ url: made.json.url, mapping: { set: { job_type: 'crawl' } } });
    expect((await deliver(path, raw, github(raw))).status).toBe(404);
    const other = '{"n":1,"id":"b"}';
    const answer = await deliver(path, other, github(other, 'another secret'));
    expect((await own.get(`/api/jobs/${answer.json.job_id}`)).json.job_type).toBe('crawl');
    expect((await own.send('PATCH', place, { body: {} })).json).toMatchObject({
      mapping: changed.json.mapping,
    });

    expect((await own.send('DELETE', place)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expectRefusal(await own.send(method, place), 404, 'not_found');
    expect((await own.get('/api/hooks')).json).toEqual({ hooks: [] });
    expectRefusal(await deliver(path, other, github(other, 'another secret')), 404, 'not_found');
  });

  it.each([
    [{ scheme: 'github' }, 'verification.secret', 'is required with github'],
    [{ scheme: 'github', secret: 'short' }, 'verification.secret', 'must have at least 8 characters'],
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
    [{ scheme: 'hmac', secret: 'a secret' }, 'verification.header', 'is required with hmac'],
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
      { scheme: 'hmac', secret: 'a secret', header: 'x', tolerance: 60 },
      'verification.tolerance',
      'is for a {t} in signed',
    ],
    [
      { scheme: 'hmac', secret: 'a secret', header: 'x', secret_encoding: 'hex' },
      'verification.secret',
      'must be hex',
    ],
    [
      { scheme: 'discord', secret: 'not a public key' },
      'verification.secret',
      'must be a public key for ed25519, as hex, base64 or PEM',
    ],
    [{ scheme: 'basic', secret: 'no colon here' }, 'verification.secret', 'must be user:password'],
    [{ scheme: 'header', secret: 'a secret' }, 'verification.header', 'is required with header'],
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

  it('the 101st is one too many, and leaves nothing behind', async () => {
    const own = await makeClient();
    const first = await makeHook(own, GITHUB);
    await runInDurableObject(env.ORG.getByName(own.organization), (_, { storage }) => {
      const store = new OrgStore(storage.sql);
      for (let n = 0; n < 99; n++) store.addHook(`0${String(n).padStart(32, '0')}`, n);
    });
    const body = { name: 'a', verification: GITHUB, mapping: COUNT };
    expectRefusal(await own.post('/api/hooks', body), 409, 'too_many_hooks');
    expect((await own.get('/api/hooks')).json.hooks).toHaveLength(1);
    expect((await own.send('DELETE', `/api/hooks/${first.hook_id}`)).status).toBe(204);
    expect((await own.post('/api/hooks', body)).status).toBe(201);
  });
});

describe('a trial', () => {
  it('shows what a payload would do, and does nothing', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB);
    const answer = await own.post(`/api/hooks/${hook.hook_id}/test`, { n: 3, id: 'a', more: true });
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        ...{ action: 'create', ignored: false, body: { total_items: 3, job_type: 'import' } },
        ...{ handshake: false, sender: 'signature_missing' },
        ...{ job_id: null, job_key: null },
        ...{ same_by: 'idempotency_key', idempotency_key: 'a' },
      },
    ]);
    expect([await jobs(own), await arrivals(own, hook)]).toEqual([[], []]);
  });

  it('of a report says whose, and what makes it the same', async () => {
    const from = { job_key: '/order', processed_items: '/n' };
    const mapping = { action: 'report', from };
    const standardHook = { scheme: 'standard_webhooks', secret: SECRETS.standard };
    for (const [verification, same_by] of [
      [GITHUB, 'digest'],
      [standardHook, 'delivery_id'],
    ]) {
      const hook = await makeHook(client, verification, mapping);
      const answer = await client.post(`/api/hooks/${hook.hook_id}/test`, { n: 3, order: 'o-1' });
      expect(answer.json).toMatchObject({ job_id: null, job_key: 'o-1', same_by, idempotency_key: null });
    }
  });

  it('refuses what would be refused, field by field', async () => {
    const hook = await makeHook(client, GITHUB);
    const answer = await client.post(`/api/hooks/${hook.hook_id}/test`, { n: 'three', id: 'a' });
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.json.errors).toEqual([
      { path: 'total_items', message: 'must be a number; it is taken from "/n"' },
    ]);
    const keyless = await client.post(`/api/hooks/${hook.hook_id}/test`, { n: 3 });
    expect(keyless.json.errors).toEqual([
      { path: 'idempotency_key', message: 'is taken from "/id", where the payload has nothing' },
    ]);
  });
});

describe('arrivals', () => {
  it('are the newest 100, newest first, each with its verdict', async () => {
    const hook = await makeHook(client, GITHUB);
    for (let n = 0; n < 103; n++) {
      const raw = JSON.stringify({ n, id: 'arrivals' });
      await deliver(hook.path, raw, n === 102 ? {} : github(raw));
    }
    const kept = await arrivals(client, hook);
    expect(kept).toHaveLength(100);
    expect(kept[0]).toEqual({
      ...{ at: expect.stringMatching(/Z$/), verdict: 'refused', status: 404, code: 'signature_missing' },
      ...{ detail: null, errors: [], job_id: null, delivery_id: null, content_type: 'application/json' },
    });
    expect(kept[1]).toMatchObject({ verdict: 'refused', status: 422, code: 'idempotency_conflict' });
    const times = kept.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('cost one row each; reading a hook costs none, and a delivery never touches the organization’s object', async () => {
    const hook = await makeHook(client, GITHUB);
    const stub = hookStub(client.organization, hook.hook_id);
    const push = (n: number) => {
      const raw = JSON.stringify({ n, id: `rows-${n}` });
      return deliver(hook.path, raw, github(raw));
    };
    const spy = vi.spyOn(env.ORG, 'getByName');
    expect(await countRows(stub, () => push(1))).toBe(1);
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
    for (let n = 2; n < 101; n++) await push(n);
    expect(await countRows(stub, () => push(101))).toBe(1);
    expect(await countRows(stub, () => client.get(`/api/hooks/${hook.hook_id}/arrivals`))).toBe(0);
    expect(await countRows(stub, () => client.get('/api/hooks'))).toBe(0);
  });

  it('of a hook that is deleted meanwhile are not kept', async () => {
    const hook = await makeHook(client, GITHUB);
    const stub = hookStub(client.organization, hook.hook_id);
    await client.send('DELETE', `/api/hooks/${hook.hook_id}`);
    const arrival = { at: 1, verdict: 'applied', status: 202, code: null, detail: null, errors: [] } as const;
    const record = () =>
      hookOf(client.organization, hook.hook_id).record(
        client.organization,
        {
          ...arrival,
          errors: [],
          job_id: null,
          delivery_id: null,
        },
        true,
      );
    expect(await countRows(stub, record)).toBe(0);
  });
});

describe('another organization', () => {
  it('sees a foreign, an unknown, a forged and a deleted hook as the same 404', async () => {
    const [mine, theirs] = [await makeClient(), await makeClient()];
    const hook = await makeHook(theirs, GITHUB);
    const own = await makeHook(mine, GITHUB);
    const gone = await makeHook(mine, GITHUB);
    await mine.send('DELETE', `/api/hooks/${gone.hook_id}`);
    const forged = own.hook_id.slice(0, -1) + (own.hook_id.endsWith('0') ? '1' : '0');
    const before = (await theirs.get('/api/hooks')).text;
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { verification: { scheme: 'token' } }],
      ['DELETE', '', undefined],
      ['POST', '/test', { n: 1, id: 'a' }],
      ['GET', '/arrivals', undefined],
    ] as const) {
      const answers = new Set<string>();
      for (const id of [hook.hook_id, NOBODY, forged, gone.hook_id, 'x', '%00', crypto.randomUUID()]) {
        const ask = body === undefined ? {} : { body };
        const answer = await mine.send(method, `/api/hooks/${id}${rest}`, ask);
        expectRefusal(answer, 404, 'not_found');
        answers.add(fingerprint(answer));
      }
      expect(answers.size).toBe(1);
    }
    expect((await theirs.get('/api/hooks')).text).toBe(before);
    expect((await mine.get('/api/hooks')).json.hooks).toHaveLength(1);
  });

  it('is refused by the object alone, too', async () => {
    const hook = await makeHook(client, GITHUB);
    const object = hookOf(client.organization, hook.hook_id);
    expect(await object.get('another')).toBeNull();
    expect(await object.arrivals('another')).toBeNull();
    expect(await object.remove('another')).toBe(false);
    expect(await object.get(client.organization)).toMatchObject({ hook_id: hook.hook_id });
  });

  it('a key without webhook:manage can’t, one with it alone can', async () => {
    const lesser = await makeKey(client.organization, ['job:create', 'job:read', 'job:cancel', 'key:manage']);
    expectRefusal(await lesser.get('/api/hooks'), 403, 'permission_denied');
    const manager = await makeKey(client.organization, ['webhook:manage']);
    const hook = await makeHook(manager, GITHUB);
    const raw = '{"n":1,"id":"by a manager’s hook"}'.replace('’', '');
    expect((await deliver(hook.path, raw, github(raw))).status).toBe(202);
  });
});

describe('a secret', () => {
  it('is in no answer, no log, no arrival, and not in the object’s tables', async () => {
    const own = await makeClient();
    const seen: string[] = [];
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...args) => void seen.push(args.map(String).join(' '))),
    );
    const schemes = [
      GITHUB,
      { scheme: 'stripe', secret: SECRETS.stripe },
      { scheme: 'standard_webhooks', secret: SECRETS.standard },
      SLACK,
    ];
    const raw = '{"n":1,"id":"a"}';
    const signed = { ...github(raw), ...stripe(raw), ...standard(raw, 'msg_1'), ...slack(raw) };
    const tokens: string[] = [];
    for (const verification of schemes) {
      const made = await own.post('/api/hooks', { name: 'a', verification, mapping: COUNT });
      const place = `/api/hooks/${made.json.hook_id}`;
      const path = new URL(made.json.url).pathname;
      tokens.push(path.split('/').at(-1) ?? '');
      const stub = hookStub(own.organization, made.json.hook_id);
      seen.push(
        made.text.replace(made.json.url, ''),
        JSON.stringify(await hookOf(own.organization, made.json.hook_id).get(own.organization)),
      );
      for (const ask of [{ ...signed }, {}, { ...signed, 'Content-Type': 'text/plain' }]) {
        seen.push((await deliver(path, raw, ask)).text);
      }
      const bad = { body: { verification: { ...verification, nope: 1 }, mapping: {} } };
      seen.push((await own.send('PATCH', place, bad)).text);
      seen.push((await own.post(`${place}/test`, JSON.parse(raw))).text);
      seen.push((await own.get(`${place}/arrivals`)).text);
      const rows = await runInDurableObject(stub, (_, { storage }) =>
        ['hook', 'arrival'].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
      );
      seen.push(JSON.stringify(rows));
    }
    for (const spy of spies) spy.mockRestore();
    // Nine answers and views of each, and the lines of the three requests that were refused.
    expect(seen.length).toBeGreaterThanOrEqual(4 * 12);
    const all = seen.join('\n');
    for (const { secret } of schemes) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(secret.replace('whsec_', ''));
      expect(all).not.toContain(btoa(secret));
    }
    for (const token of tokens) expect(all).not.toContain(token);
    expect(all).toContain('"route":"/hooks/:organization_id/:name/:token"');
  });

  const roots = (text: string) => configOf({ ROOT_SECRET: text, ADMIN_TOKEN: 'x'.repeat(32) } as never);
  const [OLD, NEW] = ['an older root secret that is long enough', 'a newer root secret that is long enough'];
  const [before, after, alone] = [roots(`0:${OLD}`), roots(`1:${NEW},0:${OLD}`), roots(`1:${NEW}`)];

  it('of a URL is bound to organization, name and hook, and outlives a rotation', async () => {
    const ref = await mintHookRef(before, 'acme');
    const [, , , name = '', token = ''] = (await hookPath(before, ref, 'orders')).split('/');
    expect(await readHookPath(after, 'acme', name, token)).toEqual(ref);
    expect(await readHookId(after, 'acme', ref.hook_id)).toEqual(ref);
    expect(await hookPath(after, ref, 'orders')).toBe(await hookPath(before, ref, 'orders'));
    for (const [config, organization, hookName, text] of [
      [alone, 'acme', name, token],
      [before, 'acmf', name, token],
      [before, 'acme', 'order', token],
      [before, 'acme', name, ref.hook_id],
      [before, 'acme', name, `${token}0`],
      [before, 'acme', name, token.toUpperCase()],
    ] as const) {
      expect(await readHookPath(config, organization, hookName, text)).toBeNull();
    }
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === '0' ? '1' : '0';
      expect(
        await readHookPath(before, 'acme', name, token.slice(0, at) + other + token.slice(at + 1)),
      ).toBeNull();
    }
    expect(await readHookId(alone, 'acme', ref.hook_id)).toBeNull();
    expect(await readHookId(before, 'acmf', ref.hook_id)).toBeNull();
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
