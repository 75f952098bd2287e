/** Another URL for a hook: for its sender to move to, and after a leak. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { HookDO } from '../../src/objects/hook/hook-do';
import { HOOK_MIGRATIONS } from '../../src/objects/hook/hook-schema';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { hookPath, mintHookRef } from '../../src/services/ids/hook-url';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, ORIGIN, send } from '../support/client';
import { hookStub } from '../support/objects';
import { PARTNERS } from './presets/partners';
import { arrivals, COUNT, deliver, github, type HookUnderTest, makeHook, SECRETS } from './senders';

const DAY = 86_400_000;
const GITHUB = { scheme: 'github', secret: SECRETS.github };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Gives the hook another URL, and answers its path with what was said. */
async function rotate({ hook_id }: HookUnderTest, body?: object) {
  const asked = body === undefined ? {} : { body };
  const { status, json, text } = await client.send('POST', `/api/hooks/${hook_id}/rotate`, asked);
  expect(status, text).toBe(200);
  return { json, path: new URL(json.url).pathname };
}

let n = 0;
function push(path: string) {
  const raw = JSON.stringify({ n: 1, id: `rotated-${n++}` });
  return deliver(path, raw, github(raw));
}

it('is served beside the one before for a day, and alone from then on; the hook stays what it is', async () => {
  const hook = await makeHook(client, GITHUB);
  const before = (await client.get(`/api/hooks/${hook.hook_id}`)).json;
  const { json, path } = await rotate(hook);
  expect(path).not.toBe(hook.path);
  expect({ ...json, url: before.url, older_url_until: null, updated_at: before.updated_at }).toEqual(before);
  expect(Date.parse(json.older_url_until) - Date.parse(json.updated_at)).toBe(DAY);
  expect((await client.get(`/api/hooks/${hook.hook_id}`)).json).toEqual(json);
  expect((await client.get('/api/hooks?limit=1000')).json.hooks).toContainEqual(json);
  for (const at of [hook.path, path]) expect((await push(at)).status).toBe(202);

  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(json.older_url_until) - 1 });
  expect((await push(hook.path)).status).toBe(202);
  vi.setSystemTime(Date.parse(json.older_url_until));
  expectRefusal(await push(hook.path), 404, 'not_found');
  expect((await push(path)).status).toBe(202);
});

it('with no grace shuts the one before at once, and each new one the one before that', async () => {
  const hook = await makeHook(client, GITHUB);
  const first = await rotate(hook, { grace_period: 0 });
  expect(first.json.older_url_until).toBeNull();
  expectRefusal(await push(hook.path), 404, 'not_found');
  expect((await push(first.path)).status).toBe(202);
  const second = await rotate(hook, { grace_period: 604_800 });
  const third = await rotate(hook, { grace_period: 604_800 });
  for (const at of [hook.path, first.path]) expectRefusal(await push(at), 404, 'not_found');
  for (const at of [second.path, third.path]) expect((await push(at)).status).toBe(202);
});

it('leaves who has an old one nothing: no word of the hook, no handshake, and no place among its arrivals', async () => {
  const handshake = { kind: 'meta', verify_token: 'a token of theirs' };
  const hook = await makeHook(client, { ...GITHUB, handshake });
  const query = '?hub.mode=subscribe&hub.challenge=abc&hub.verify_token=a%20token%20of%20theirs';
  expect((await send(null, 'GET', hook.path + query)).status).toBe(200);
  const { path } = await rotate(hook, { grace_period: 0 });
  const known = (await arrivals(client, hook)).length;
  expect((await send(null, 'GET', hook.path + query)).status).toBe(405);
  const large = 'x'.repeat(8_388_609);
  for (const answer of [
    await deliver(hook.path, '{}'),
    await deliver(hook.path, '{}', { 'Content-Encoding': 'gzip' }),
    await deliver(hook.path, large),
  ]) {
    expectRefusal(answer, 404, 'not_found');
  }
  expect(await arrivals(client, hook)).toHaveLength(known);
  expect((await send(null, 'GET', path + query)).status).toBe(200);
});

it('is what a sender that signs the URL signs from then on', async () => {
  const partner = PARTNERS.square;
  const hook = await makeHook(client, { scheme: 'square', secret: partner.secret }, COUNT);
  const { path } = await rotate(hook);
  const raw = JSON.stringify({ n: 1, id: 'signed' });
  const signedFor = (at: string) =>
    partner.sign({ raw, url: ORIGIN + at, now: Date.now(), secret: partner.secret });
  for (const at of [hook.path, path]) expect((await deliver(at, raw, signedFor(at))).status).toBe(202);
  expectRefusal(await deliver(path, raw, signedFor(hook.path)), 404, 'not_found');
  const tried = await client.send('POST', `/api/hooks/${hook.hook_id}/test`, {
    raw,
    headers: { 'Content-Type': 'application/json', ...signedFor(path) },
  });
  expect(tried.json.sender).toBe('proven');
});

it('is refused a grace beyond a week, and of what is no hook', async () => {
  const hook = await makeHook(client, GITHUB);
  const path = `/api/hooks/${hook.hook_id}/rotate`;
  for (const grace_period of [-1, 604_801, 1.5, '60'])
    expectRefusal(await client.post(path, { grace_period }), 422, 'validation_failed');
  expect((await push(hook.path)).status).toBe(202);
  const stranger = await makeClient();
  expectRefusal(await stranger.post(path), 404, 'not_found');
  expect((await client.send('DELETE', `/api/hooks/${hook.hook_id}`)).status).toBe(204);
  expectRefusal(await client.post(path), 404, 'not_found');
});

it('is given to a hook of before, whose tables have no room for it; an object of before says that it is being updated', async () => {
  const config = configOf(env);
  const ref = await mintHookRef(config, client.organization);
  const hook = { hook_id: ref.hook_id, path: await hookPath(config, { ref, turn: 0 }, 'partner') };
  await runInDurableObject(hookStub(client.organization, ref.hook_id), (_, { storage }) => {
    migrateByTable(storage.sql, HOOK_MIGRATIONS, 4);
    const row = [
      ref.hook_id,
      'partner',
      '00'.repeat(16),
      '{"scheme":"token"}',
      null,
      JSON.stringify(COUNT),
      1,
      1,
    ];
    storage.sql.exec('INSERT INTO hook VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)', ...row);
  });
  expect((await push(hook.path)).status).toBe(202);
  vi.spyOn(HookDO.prototype, 'rotateUrl').mockImplementation(() => {
    throw new TypeError('The RPC receiver does not implement the method "rotateUrl".');
  });
  expectRefusal(await client.post(`/api/hooks/${hook.hook_id}/rotate`), 503, 'unavailable');
  vi.restoreAllMocks();
  const { path } = await rotate(hook, { grace_period: 0 });
  expectRefusal(await push(hook.path), 404, 'not_found');
  expect((await push(path)).status).toBe(202);
});
