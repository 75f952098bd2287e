/** What nobody else sees of a hook, and what nobody at all does. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { hookPath, mintHookRef, readHookId, readHookPath } from '../../src/services/ids/hook-url';
import { expectRefusal, fingerprint } from '../attack/refusal';
import { type Client, makeClient, makeKey } from '../support/client';
import { hookOf, hookStub } from '../support/objects';
import { COUNT, deliver, github, makeHook, SECRETS, SLACK, slack, standard, stripe } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const NOBODY = `0${'0'.repeat(32)}`;

let client: Client;
beforeAll(async () => {
  client = await makeClient();
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

  it('a key without webhook:manage can’t, one with it and job:create can', async () => {
    const lesser = await makeKey(client.organization, ['job:create', 'job:read', 'job:cancel', 'key:manage']);
    expectRefusal(await lesser.get('/api/hooks'), 403, 'permission_denied');
    const manager = await makeKey(client.organization, ['webhook:manage', 'job:create']);
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
    const tokens = new Set<string>();
    for (const turn of [0, 1, 16, 4_096]) {
      const address = { ref, turn };
      const [, , , name = '', token = ''] = (await hookPath(before, address, 'orders')).split('/');
      tokens.add(token.slice(0, 49));
      expect(await readHookPath(after, 'acme', name, token)).toEqual(address);
      expect(await readHookId(after, 'acme', ref.hook_id)).toEqual(ref);
      expect(await hookPath(after, address, 'orders')).toBe(await hookPath(before, address, 'orders'));
      for (const [config, organization, hookName, text] of [
        [alone, 'acme', name, token],
        [before, 'acmf', name, token],
        [before, 'acme', 'order', token],
        [before, 'acme', name, ref.hook_id],
        [before, 'acme', name, `${token}0`],
        [before, 'acme', name, `${token}1`],
        [before, 'acme', name, token.slice(0, -1)],
        [before, 'acme', name, token.toUpperCase()],
      ] as const) {
        expect(await readHookPath(config, organization, hookName, text)).toBeNull();
      }
      for (let at = 0; at < token.length; at++) {
        const other = token[at] === '0' ? '1' : '0';
        const forged = token.slice(0, at) + other + token.slice(at + 1);
        expect(await readHookPath(before, 'acme', name, forged)).toBeNull();
      }
    }
    // Who was given one of them can't make the next of it.
    expect(tokens.size).toBe(4);
    expect(await readHookId(alone, 'acme', ref.hook_id)).toBeNull();
    expect(await readHookId(before, 'acmf', ref.hook_id)).toBeNull();
  });
});
