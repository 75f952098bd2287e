/** The trial of a delivery: its body and its headers as its sender would send them, and nothing done. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../src/domain/hook/presets';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, ORIGIN } from '../support/client';
import { GITHUB_PUSH } from './payloads';
import type { Partner } from './presets/partner';
import { PARTNERS } from './presets/partners';
import {
  arrivals,
  github,
  type Headers,
  type HookUnderTest,
  jobs,
  makeHook,
  push,
  SECRETS,
  slack,
} from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const CREATE = { action: 'create', set: { job_type: 'import', total_items: 1 } };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

function attempt({ hook_id }: HookUnderTest, raw: string, headers: Headers = {}) {
  return client.send('POST', `/api/hooks/${hook_id}/test`, { raw, headers });
}

describe('of a payload alone', () => {
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
      const job = { job_id: expect.stringMatching(/^[0-9a-f-]{36}$/), job_key: 'o-1' };
      expect(answer.json).toMatchObject({ ...job, same_by, idempotency_key: null });
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

it('takes headers: for `header:` in a mapping, for `when`, and for what makes two deliveries the same', async () => {
  const hook = await makeHook(client, GITHUB, {
    ...CREATE,
    from: { 'metadata.event': 'header:X-GitHub-Event', name: { template: '{header:X-GitHub-Event} {/ref}' } },
    when: [{ header: 'X-GitHub-Event', equals: 'push' }],
    once: { by: 'header:X-GitHub-Delivery' },
  });
  const raw = JSON.stringify(GITHUB_PUSH);
  const event = { 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': 'a' };
  const { status, json } = await attempt(hook, raw, event);
  expect([status, json.ignored, json.same_by]).toEqual([200, false, 'once']);
  expect(json.body).toMatchObject({ name: `push ${GITHUB_PUSH.ref}`, metadata: { event: 'push' } });
  expect((await attempt(hook, raw, { ...event, 'X-GitHub-Event': 'ping' })).json.ignored).toBe(true);
  const unsame = await attempt(hook, raw, { 'X-GitHub-Event': 'push' });
  expectRefusal(unsame, 422, 'validation_failed');
  expect(unsame.json.errors[0].path).toBe('once');
  expect([await jobs(client), await arrivals(client, hook)]).toEqual([[], []]);
});

it('says what its headers prove, and why not', async () => {
  const hook = await makeHook(client, GITHUB, CREATE);
  const raw = '{"a":1}';
  for (const [headers, sender] of [
    [github(raw), 'proven'],
    [github('{"a":2}'), 'signature_wrong'],
    [{}, 'signature_missing'],
  ] as const) {
    expect((await attempt(hook, raw, headers)).json.sender).toBe(sender);
  }
  const timed = await makeHook(client, { scheme: 'slack', secret: SECRETS.slack }, CREATE);
  expect((await attempt(timed, raw, slack(raw))).json.sender).toBe('proven');
  expect((await attempt(timed, raw, slack(raw, 1))).json.sender).toBe('timestamp_outside_tolerance');
});

it('shows no credential of the caller’s', async () => {
  const from = {
    'metadata.a': 'header:Authorization',
    'metadata.c': 'header:Cookie',
    'metadata.x': 'header:X-Other',
  };
  const hook = await makeHook(client, { scheme: 'token' }, { ...CREATE, from });
  const { json, text } = await attempt(hook, '{}', { Cookie: 'session=secret', 'X-Other': 'yes' });
  expect(json.body.metadata).toEqual({ x: 'yes' });
  expect(json.sender).toBeNull();
  for (const secret of [client.key, 'session=secret']) expect(text).not.toContain(secret);
});

describe.each(PRESET_NAMES.filter((name) => name !== 'alertmanager'))('%s', (scheme) => {
  it('can be tried as its sender signs it, under the hook’s own URL', async () => {
    const partner: Partner = PARTNERS[scheme];
    const mapping = { ...CREATE, from: { name: partner.name } };
    const hook = await makeHook(client, { scheme, secret: partner.secret }, mapping);
    const { payload, form } = partner;
    const raw = form
      ? String(new URLSearchParams(payload as Record<string, string>))
      : JSON.stringify(payload);
    const url = ORIGIN + hook.path;
    const proof = partner.sign({ raw, url, now: Date.now(), secret: partner.secret });
    const headers = { ...(form ? FORM : { 'Content-Type': 'application/json' }), ...proof };
    const { status, json, text } = await attempt(hook, raw, headers);
    expect([status, json.sender], text).toEqual([200, 'proven']);
    expect(json.body.name).toEqual(expect.anything());
  });
});

describe('a hook that is not made', () => {
  const trial = (verification: object, mapping: object, more: object = {}) =>
    client.post('/api/hooks/test', { hook: { name: 'draft', verification, mapping }, ...more });
  const pushed = JSON.stringify(GITHUB_PUSH);

  it('shows what it would make of a payload, and is none after that', async () => {
    const own = await makeClient();
    const mapping = {
      ...CREATE,
      from: { name: '/ref' },
      when: [{ header: 'X-GitHub-Event', equals: 'push' }],
    };
    const ask = (headers: object) =>
      own.post('/api/hooks/test', {
        hook: { name: 'draft', verification: GITHUB, mapping },
        body: pushed,
        headers: { ...github(pushed), ...headers },
      });
    const { status, json, text } = await ask({ 'x-github-event': 'push' });
    expect(status, text).toBe(200);
    expect(json).toMatchObject({ action: 'create', ignored: false, sender: 'proven', same_by: 'digest' });
    expect(json.body).toMatchObject({ name: GITHUB_PUSH.ref, job_type: 'import' });
    expect(text).not.toContain(SECRETS.github);
    const other = await ask({ 'X-GitHub-Event': 'ping', ...github('another') });
    expect(other.json).toMatchObject({ ignored: true, sender: 'signature_wrong' });
    for (const list of ['/api/hooks', '/api/jobs'])
      expect(Object.values((await own.get(list)).json)).toContainEqual([]);
    expect((await own.get('/api/usage')).json.limits).toMatchObject({ hooks: { use: 0 }, jobs: { use: 0 } });
  });

  it('names the job of a report, by its id or its key, and refuses what a delivery would be refused for', async () => {
    const from = { job_key: '/id', processed_items: '/n' };
    const report = { action: 'report', from };
    const made = await client.send('POST', '/api/jobs', {
      body: { job_type: 'import', total_items: 3 },
      headers: { 'Idempotency-Key': 'order 7' },
    });
    const { json } = await trial({ scheme: 'token' }, report, { body: '{"id":"order 7","n":2}' });
    expect(json).toMatchObject({ job_id: made.json.job_id, job_key: 'order 7', sender: null });
    expect(json.body).toEqual({ processed_items: 2 });
    expect((await client.get(`/api/jobs/${made.json.job_id}`)).json).toMatchObject({
      revision: 1,
      processed_items: 0,
    });
    const wrong = await trial({ scheme: 'token' }, report, { body: '{"id":"order 7","n":"many"}' });
    expectRefusal(wrong, 422, 'validation_failed');
    expect(wrong.json.errors[0].path).toBe('processed_items');
    expectRefusal(await trial({ scheme: 'token' }, report), 400, 'malformed_json');
    expectRefusal(await trial({ scheme: 'token' }, report, { body: '{"n":1}' }), 422, 'validation_failed');
  });

  it('is refused as it would be made, and a delivery that no sender could send', async () => {
    for (const [verification, mapping, more, path] of [
      [{ scheme: 'github' }, CREATE, {}, 'hook.verification.secret'],
      [{ scheme: 'token' }, { action: 'make' }, {}, 'hook.mapping.action'],
      [{ scheme: 'token' }, { ...CREATE, once: { by: 'id' } }, {}, 'hook.mapping.once.by'],
      [{ scheme: 'token' }, CREATE, { headers: { 'a b': 'c' } }, 'headers.a b'],
      [{ scheme: 'token' }, CREATE, { headers: { a: 'b\nc: d' } }, 'headers.a'],
      [{ scheme: 'token' }, CREATE, { headers: { a: '☃' } }, 'headers.a'],
      [{ scheme: 'token' }, CREATE, { payload: {} }, 'payload'],
    ] as const) {
      const answer = await trial(verification, mapping, more);
      expectRefusal(answer, 422, 'validation_failed');
      expect(answer.json.errors[0].path, answer.text).toBe(path);
    }
  });

  it.each(PRESET_NAMES)('%s is tried as its sender signs it, but for who signs a URL', async (scheme) => {
    const partner: Partner = PARTNERS[scheme];
    const { payload, form, secret } = partner;
    const raw = form
      ? String(new URLSearchParams(payload as Record<string, string>))
      : JSON.stringify(payload);
    const url = `${ORIGIN}/hooks/${client.organization}/draft/0`;
    const proof = partner.sign({ raw, url, now: Date.now(), secret });
    const headers = { ...(form ? FORM : {}), ...proof };
    const mapping = { ...CREATE, from: { name: partner.name } };
    const { status, json, text } = await trial({ scheme, secret }, mapping, { body: raw, headers });
    const signsUrl = ['hubspot', 'square', 'trello', 'twilio'].includes(scheme);
    expect([status, json.sender], text).toEqual([200, signsUrl ? null : 'proven']);
    expect(json.body.name).toEqual(expect.anything());
  });
});

it('of a handshake says that it is one', async () => {
  const hook = await makeHook(
    client,
    { scheme: 'slack', secret: SECRETS.slack },
    { ...CREATE, from: { name: '/event/type' } },
  );
  const raw = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
  const { json } = await attempt(hook, raw, slack(raw));
  expect([json.handshake, json.ignored, json.sender, json.body]).toEqual([true, true, 'proven', {}]);
});

describe('as its delivery would be', () => {
  const trialAndDelivery = async (mapping: object, payload: unknown) => {
    const hook = await makeHook(client, GITHUB, mapping);
    const raw = JSON.stringify(payload);
    return [await attempt(hook, raw), await push(hook.path, payload)] as const;
  };

  it('what `when` passes over is ignored, whatever the mapping or `once` would make of it', async () => {
    const report = { action: 'report', from: { job_id: '/job' } };
    const once = { ...CREATE, once: { by: '/id' } };
    for (const mapping of [report, once]) {
      const when = [{ pointer: '/event', equals: 'done' }];
      const [tried, done] = await trialAndDelivery({ ...mapping, when }, { event: 'ping' });
      expect([done.status, done.json.reason]).toEqual([202, 'ignored']);
      expect([tried.status, tried.json.ignored, tried.json.handshake]).toEqual([200, true, false]);
    }
  });

  it('an array of over 200 items, or what is no array, is refused; an empty one is passed over', async () => {
    const many = Array.from({ length: 201 }, () => ({}));
    for (const alerts of [many, { 0: {} }, undefined]) {
      for (const answer of await trialAndDelivery({ ...CREATE, each: '/alerts' }, { alerts }))
        expectRefusal(answer, 422, 'validation_failed');
    }
    const [tried, done] = await trialAndDelivery({ ...CREATE, each: '/alerts' }, { alerts: [] });
    expect([done.status, done.json]).toEqual([202, { verdicts: [] }]);
    expect([tried.status, tried.json.ignored, tried.json.body]).toEqual([200, true, {}]);
  });
});

it('refuses a body that a delivery may not have, and takes what it may', async () => {
  const hook = await makeHook(client, GITHUB, CREATE);
  expectRefusal(await attempt(hook, ''), 400, 'malformed_json');
  expectRefusal(await attempt(hook, '{'), 400, 'malformed_json');
  const deep = `${'['.repeat(200)}${']'.repeat(200)}`;
  expect((await attempt(hook, `{"unmapped":${deep}}`)).status).toBe(200);
  const line = await makeHook(client, { scheme: 'token' }, { ...CREATE, answer: 'line' });
  expect((await attempt(line, '')).status).toBe(200);
});
