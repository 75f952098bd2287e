/** Without PUBLIC_URL the host that a hook was made by is that of its links, and of the URLs that its senders sign. */
import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { originServing } from '../../src/http/origin';
import { hookObject } from '../../src/objects/address';
import { HOOK_MIGRATIONS } from '../../src/objects/hook/hook-schema';
import { HookStore } from '../../src/objects/hook/hook-store';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { type Client, makeClient } from '../support/client';
import { PARTNERS } from './presets/partners';

const MADE = 'https://jobs.example.com:8443';
const OTHER = 'https://inside.example.net';
const MAPPING = { action: 'create', set: { job_type: 'import', total_items: 1 } } as const;
const { secret, payload } = PARTNERS.square;
const SQUARE = { scheme: 'square', secret } as const;
const raw = JSON.stringify(payload);

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

async function ask(
  origin: string,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
) {
  const all = { Authorization: `Bearer ${client.key}`, 'Content-Type': 'application/json', ...headers };
  const init = { method, headers: all, ...(body === undefined ? {} : { body }) };
  const response = await exports.default.fetch(new Request(origin + path, init));
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
}

async function make(verification: object = SQUARE, mapping: object = MAPPING) {
  const { json, text } = await ask(
    MADE,
    'POST',
    '/api/hooks',
    JSON.stringify({ name: 'h', verification, mapping }),
  );
  expect(json.url, text).toContain(`${MADE}/hooks/`);
  return { ...json, path: new URL(json.url).pathname };
}

const signedFor = (url: string) => PARTNERS.square.sign({ raw, url, now: Date.now(), secret });

it('its URL is shown the same, whatever host asks', async () => {
  const { hook_id, url } = await make();
  const place = `/api/hooks/${hook_id}`;
  for (const origin of [MADE, OTHER]) {
    expect((await ask(origin, 'GET', place)).json.url).toBe(url);
    const { hooks } = (await ask(origin, 'GET', '/api/hooks')).json;
    expect(hooks.map((hook: { url: string }) => hook.url)).toContain(url);
    const patched = await ask(
      origin,
      'PATCH',
      place,
      JSON.stringify({ verification: SQUARE, mapping: MAPPING }),
    );
    expect(patched.json.url).toBe(url);
  }
});

it('a delivery is signed for that URL, whatever host it comes by, and so is its trial', async () => {
  const { hook_id, url, path } = await make();
  for (const origin of [MADE, OTHER]) {
    expect((await ask(origin, 'POST', path, raw, signedFor(url))).status).toBe(202);
    const trial = await ask(origin, 'POST', `/api/hooks/${hook_id}/test`, raw, signedFor(url));
    expect(trial.json.sender).toBe('proven');
    expect((await ask(origin, 'POST', path, raw, signedFor(OTHER + path))).status).toBe(404);
  }
});

it('the report URL that a hook answers leads there too', async () => {
  const { path } = await make({ scheme: 'token' }, { ...MAPPING, answer: 'line' });
  for (const origin of [MADE, OTHER]) {
    expect((await ask(origin, 'POST', path, '')).text).toMatch(new RegExp(`^${MADE}/r/hwt_\\S+\\n$`));
  }
});

it('one that was made before hosts were kept goes by the host that asks', async () => {
  const { hook_id, path } = await make();
  const core = hook_id.slice(1, 17);
  await runInDurableObject(env.HOOK.getByName(`${client.organization}/${core}`), (_, { storage }) => {
    storage.sql.exec('UPDATE hook SET served_at = NULL');
  });
  for (const origin of [MADE, OTHER]) {
    expect((await ask(origin, 'GET', `/api/hooks/${hook_id}`)).json.url).toBe(origin + path);
    expect((await ask(origin, 'POST', path, raw, signedFor(origin + path))).status).toBe(202);
  }
});

it('a store of the version before is read, changed and brought up to date', async () => {
  const [organization, core] = [`t-${crypto.randomUUID().slice(0, 8)}`, '0'.repeat(16)];
  const kept = { hook_id: 'h', name: 'a', salt: 's', verification: { scheme: 'token' }, mapping: MAPPING };
  await runInDurableObject(env.HOOK.getByName(`${organization}/${core}`), (_, { storage }) => {
    migrateByTable(storage.sql, HOOK_MIGRATIONS, 2);
    const { hook_id, name, salt, verification, mapping } = kept;
    const row = [hook_id, name, salt, JSON.stringify(verification), null, JSON.stringify(mapping), 1, 1];
    storage.sql.exec('INSERT INTO hook VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...row);
  });
  const object = () => hookObject(env, organization, core);
  expect(await object().get(organization)).toMatchObject(kept);
  const mapping = {
    ...MAPPING,
    action: 'create' as const,
    from: {},
    set: { ...MAPPING.set, total_items: 2 },
  };
  expect(await object().update(organization, { verification: null, mapping })).toMatchObject({ mapping });
  await object().firstSeen(organization, ['d'], 1, 10);
  await runInDurableObject(env.HOOK.getByName(`${organization}/${core}`), (_, { storage }) => {
    expect(new HookStore(storage.sql).hook()).toMatchObject({ ...kept, mapping, served_at: null });
  });
});

it('PUBLIC_URL wins over it, and OWN_HOSTS that no longer has it', () => {
  const of = (config: object) => {
    const plain = { ownHosts: [], publicOrigin: null, trustProxy: false };
    return originServing(MADE, `${OTHER}/x`, new Headers(), { ...plain, ...config });
  };
  expect(of({})).toBe(MADE);
  expect(of({ publicOrigin: 'https://public.example' })).toBe('https://public.example');
  expect(of({ ownHosts: ['Jobs.example.com:8443'] })).toBe(MADE);
  expect(of({ ownHosts: ['new.example'] })).toBe('https://new.example');
});
