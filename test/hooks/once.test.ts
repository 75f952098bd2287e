/** When two deliveries are the same. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hookObject } from '../../src/objects/address';
import { HOOK_MIGRATIONS } from '../../src/objects/hook/hook-schema';
import { HookStore, KEPT_DIGESTS } from '../../src/objects/hook/hook-store';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient } from '../support/client';
import { counts, deliver, github, jobs, makeHook, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const TOKEN = { scheme: 'token' };
const CREATE = { action: 'create', set: { job_type: 'import', total_items: 1 } };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

afterEach(() => void vi.useRealTimers());

describe('once', () => {
  const raw = '{"backup":"nightly"}';

  it('a body that repeats by nature is the same for ten minutes: two nights are two jobs', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const own = await makeClient();
    for (const verification of [
      TOKEN,
      { scheme: 'header', secret: 'a secret of the two', header: 'X-Secret' },
      { scheme: 'basic', secret: 'partner:password' },
      { scheme: 'gitlab', secret: 'a secret of the two' },
      { scheme: 'alertmanager', secret: 'a secret of the two' },
    ]) {
      const hook = await makeHook(own, verification, CREATE);
      const headers = {
        ...{ 'X-Secret': 'a secret of the two', 'X-Gitlab-Token': 'a secret of the two' },
        Authorization:
          verification.scheme === 'basic'
            ? `Basic ${btoa('partner:password')}`
            : 'bearer a secret of the two',
      };
      const night = async () => (await deliver(hook.path, raw, headers)).json;
      const first = await night();
      vi.setSystemTime(Date.now() + 599_000);
      expect(await night()).toEqual({ ...first, replayed: true });
      vi.setSystemTime(Date.now() + 2_000);
      const second = await night();
      expect([second.replayed, second.job_id === first.job_id]).toEqual([false, false]);
      expect((await night()).job_id).toBe(second.job_id);
      expect((await counts(own, hook)).replayed).toBe(2);
    }
  });

  it('is by what the hook says: the body, a header, a pointer, or nothing', async () => {
    const own = await makeClient();
    const sent = async (once: object, variants: [string, string][]) => {
      const hook = await makeHook(own, GITHUB, { ...CREATE, once });
      const ids = new Set();
      for (const [text, delivery] of variants) {
        const answer = await deliver(hook.path, text, { ...github(text), 'X-GitHub-Delivery': delivery });
        ids.add(answer.json.job_id);
      }
      return ids.size;
    };
    const variants: [string, string][] = [
      ['{"id":1,"n":1}', 'a'],
      ['{"id":1,"n":1}', 'b'],
      ['{"id":1,"n":2}', 'b'],
    ];
    expect(await sent({ by: 'body' }, variants)).toBe(2);
    expect(await sent({ by: 'header:X-GitHub-Delivery' }, variants)).toBe(2);
    expect(await sent({ by: '/id' }, variants)).toBe(1);
    expect(await sent({ by: '/n', within: 60 }, variants)).toBe(2);
    expect(await sent({ by: 'nothing' }, variants)).toBe(3);
  });

  it('by what an item holds it is the same wherever it stands; those of one value are told apart', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, { ...CREATE, each: '/alerts', once: { by: '/id', within: 60 } });
    const made = async (...alerts: object[]) => {
      const raw = JSON.stringify({ alerts });
      const { json } = await deliver(hook.path, raw, github(raw));
      return json.verdicts.map(({ job_id }: { job_id: string }) => job_id);
    };
    const [a] = await made({ id: 'a' });
    const [b, moved] = await made({ id: 'b' }, { id: 'a' });
    expect(moved).toBe(a);
    const [again, two, also] = await made({ id: 'a' }, { id: 'a' }, { id: 'b' });
    expect([again, also]).toEqual([a, b]);
    expect(await made({ id: 'c' }, { id: 'a' }, { id: 'a' })).toEqual([expect.any(String), a, two]);
    expect(await jobs(own)).toHaveLength(4);
  });

  it('by what a delivery lacks is a 422', async () => {
    for (const by of ['header:X-Absent', '/absent']) {
      const hook = await makeHook(client, GITHUB, { ...CREATE, once: { by } });
      const answer = await deliver(hook.path, raw, github(raw));
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors[0].path).toBe('once');
    }
  });

  it('by an id that its scheme does not sign is refused when it is said, on either side', async () => {
    const own = await makeClient();
    const STANDARD = { scheme: 'standard_webhooks', secret: SECRETS.standard };
    const BY_ID = { ...CREATE, once: { by: 'id' } };
    const DESCRIBED = { scheme: 'hmac', secret: SECRETS.slack, header: 'X-Code' };
    const SIGNED = { ...DESCRIBED, signed: '{id}.{body}', id_header: 'X-Id' };
    for (const verification of [
      GITHUB,
      TOKEN,
      DESCRIBED,
      { scheme: 'basic', secret: 'user:password of it' },
    ]) {
      const answer = await own.post('/api/hooks', { name: 'a', verification, mapping: BY_ID });
      expectRefusal(answer, 422, 'validation_failed');
      const message = expect.stringContaining(`${verification.scheme} signs none`);
      expect(answer.json.errors).toEqual([{ path: 'mapping.once.by', message }]);
    }
    for (const verification of [STANDARD, SIGNED, { scheme: 'svix', secret: SECRETS.standard }]) {
      await makeHook(own, verification, BY_ID);
    }
    const hook = await makeHook(own, STANDARD, CREATE);
    const patch = (body: unknown) => own.send('PATCH', `/api/hooks/${hook.hook_id}`, { body });
    const by = async () => (await own.get(`/api/hooks/${hook.hook_id}`)).json;
    expect((await patch({ mapping: BY_ID })).status).toBe(200);
    const before = await by();
    for (const change of [{ verification: GITHUB }, { verification: GITHUB, mapping: BY_ID }]) {
      const answer = await patch(change);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors[0].path).toBe('mapping.once.by');
      expect(await by()).toEqual(before);
    }
    expect((await patch({ verification: GITHUB, mapping: CREATE })).status).toBe(200);
    expectRefusal(await patch({ mapping: BY_ID }), 422, 'validation_failed');
    // A Worker that knows of no refusal gets none: what a delivery lacks is then told at the delivery.
    const object = hookObject(env, own.organization, hook.hook_id.slice(1, 17));
    const mapping = { ...CREATE, action: 'create' as const, from: {}, once: { by: 'id' } };
    expect(await object.update(own.organization, { verification: null, mapping })).toMatchObject({ mapping });
    const answer = await deliver(hook.path, raw, github(raw));
    expectRefusal(answer, 422, 'validation_failed');
    expect(answer.json.errors[0].path).toBe('once');
  });

  it('within its time is one job however many come at once', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, TOKEN, CREATE);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(hook.path, raw)));
    expect(new Set(answers.map(({ json }) => json.job_id)).size).toBe(1);
    expect(await jobs(own)).toHaveLength(1);
  });

  it('a hook of the version before keeps digests too, the newest 10,000', async () => {
    const stub = env.HOOK.getByName(`t-${crypto.randomUUID().slice(0, 8)}/${'0'.repeat(16)}`);
    await runInDurableObject(stub, (_, { storage }) => {
      migrateByTable(storage.sql, HOOK_MIGRATIONS, 1);
      const store = new HookStore(storage.sql);
      for (let n = 0; n <= KEPT_DIGESTS; n++) store.firstSeen(`d${n}`, n, 10);
      const count = () => storage.sql.exec('SELECT count(*) AS n FROM seen').one().n;
      expect(count()).toBe(KEPT_DIGESTS);
      const within = KEPT_DIGESTS * 10;
      expect(store.firstSeen('d1', KEPT_DIGESTS, within)).toBe(1);
      expect(store.firstSeen('d0', KEPT_DIGESTS, within)).toBe(KEPT_DIGESTS);
      expect(count()).toBe(KEPT_DIGESTS);
    });
  });
});
