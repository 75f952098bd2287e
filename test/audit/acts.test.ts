/** Every act that is recorded, done by a request of its own: what its record says, and what none ever holds. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { SURFACES } from '../../src/surfaces';
import { makeCompletedJob, makeRunningJob } from '../attack/bystander';
import { COUNT, SECRETS } from '../hooks/senders';
import { recordsOf, type ShownRecord, sendFrom } from '../support/audit';
import { type Client, makeClient, newKey, send } from '../support/client';

const ADDRESS = '203.0.113.77';
/** What is secret, or is somebody's text, and was sent or answered in what is recorded here. */
const secrets: string[] = ['203.0.113.77', 'whsec_', SECRETS.github, 'T0/B0/secret-path', 'a reason of mine'];

let admin: Client;
let helper: Client;
const did: { request: string; action: string; target: string | null }[] = [];

/** Does an act by the admin's key, and answers what came back. */
async function act(
  action: string,
  method: string,
  path: string,
  { body, target }: { body?: unknown; target?: (answer: Record<string, string>) => string | null },
  key = admin.key,
): Promise<Record<string, string>> {
  const answer = await sendFrom(ADDRESS, key, method, path, body);
  const text = await answer.text();
  expect(answer.status, `${action}: ${text}`).toBeLessThan(300);
  const json = text === '' ? {} : JSON.parse(text);
  const request = answer.headers.get('X-Request-Id') ?? '';
  did.push({ request, action, target: target?.(json) ?? path.split('/').at(-1) ?? null });
  for (const secret of [json.api_key, json.secret, json.token]) if (secret) secrets.push(secret);
  return json;
}

beforeAll(async () => {
  admin = await makeClient();
  helper = await newKey(admin, { name: 'helper', preset: 'worker' });
  secrets.push(admin.key, helper.key);

  const made = (field: string) => ({ target: (answer: Record<string, string>) => answer[field] ?? null });
  const name = 'nightly';
  const { key_id } = await act('key.create', 'POST', '/api/keys', {
    body: { name, preset: 'viewer' },
    ...made('key_id'),
  });
  await act('key.change', 'PATCH', `/api/keys/${key_id}`, { body: { permissions: ['job:create'] } });
  await act('key.rotate', 'POST', `/api/keys/${key_id}/rotate`, { target: () => key_id ?? null });
  await act('key.revoke', 'DELETE', `/api/keys/${key_id}`, {});

  const { session_id } = await act('session.create', 'POST', '/api/session', made('session_id'));
  await act('session.end', 'DELETE', `/api/sessions/${session_id}`, {});

  const url = 'https://hooks.receiver.example/T0/B0/secret-path';
  const { webhook_id } = await act('webhook.create', 'POST', '/api/webhooks', {
    body: { url, headers: { 'X-Own': 'whsec_own' } },
    ...made('webhook_id'),
  });
  const endpoint = `/api/webhooks/${webhook_id}`;
  await act('webhook.change', 'PATCH', endpoint, { body: { event_types: ['job.failed'], url: `${url}/2` } });
  await act('webhook.rotate', 'POST', `${endpoint}/rotate`, { target: () => webhook_id ?? null });
  await act('webhook.delete', 'DELETE', endpoint, {});

  const verification = { scheme: 'github', secret: SECRETS.github };
  const { hook_id, url: hookUrl = '' } = await act('hook.create', 'POST', '/api/hooks', {
    body: { name: 'partner', verification, mapping: COUNT },
    ...made('hook_id'),
  });
  secrets.push(hookUrl.split('/').at(-1) ?? hookUrl);
  await act('hook.change', 'PATCH', `/api/hooks/${hook_id}`, { body: { verification: { scheme: 'token' } } });
  const { url: rotatedUrl = '' } = await act('hook.rotate', 'POST', `/api/hooks/${hook_id}/rotate`, {
    target: () => hook_id ?? null,
  });
  secrets.push(rotatedUrl.split('/').at(-1) ?? rotatedUrl);
  await act('hook.delete', 'DELETE', `/api/hooks/${hook_id}`, {});

  const job = await makeRunningJob(admin);
  const ended = await makeCompletedJob(admin);
  await act('token.create', 'POST', `/api/jobs/${job}/tokens`, {
    body: { scope: 'read' },
    target: () => job,
  });
  await act('token.revoke', 'DELETE', `/api/jobs/${job}/tokens`, { target: () => job });
  const filter = { filter: { job_type: 'import' }, scope: 'read' };
  const { token_id } = await act('token.create', 'POST', '/api/tokens', {
    body: filter,
    ...made('token_id'),
  });
  await act('token.revoke', 'DELETE', `/api/tokens/${token_id}`, {});
  const body = { reason: 'a reason of mine' };
  await act('job.cancel', 'POST', `/api/jobs/${job}/cancel`, { body, target: () => job });
  await act('job.rerun', 'POST', `/api/jobs/${ended}/rerun`, { target: () => ended });
  await act('job.rerun', 'POST', `/v1/api/jobs/${ended}/rerun`, { target: () => ended }, helper.key);
  await act('job.delete', 'DELETE', `/api/jobs/${ended}`, {});
  const other = await makeRunningJob(admin);
  await act('job.cancel', 'POST', `/api/v1/jobs/${other}/cancel`, { target: () => other });
});

const recordOf = async (action: string): Promise<ShownRecord> => {
  const [record] = await recordsOf(admin, `&action=${action}`);
  if (record === undefined) throw new Error(`nothing is recorded of ${action}`);
  return record;
};

describe('the record of an act', () => {
  it('is there for each: who, by which request, from where, and what it was about', async () => {
    const records = await recordsOf(admin);
    const mine = records.filter(({ user_agent }) => user_agent !== null);
    const told = mine.map(({ request_id, action, target }) => {
      return { request: request_id, action, target: target.id };
    });
    const byRequest = (a: { request: string | null }, b: { request: string | null }) =>
      String(a.request) < String(b.request) ? -1 : 1;
    expect(told.sort(byRequest)).toEqual(did.toSorted(byRequest));
    for (const { actor, outcome, address, user_agent, action } of mine) {
      expect([outcome, address, user_agent]).toEqual(['done', '203.0.113.0/24', 'a dashboard/1.0']);
      const who = action === 'job.rerun' && actor.id === helper.keyId ? helper.keyId : admin.keyId;
      expect([actor.type, actor.id]).toEqual(['key', who]);
    }
    expect(mine.find(({ actor }) => actor.id === helper.keyId)?.actor.name).toBe('helper');
    // The operator made the organization and its first key.
    const [key, organization] = records.slice(-2).map(({ actor, action, target }) => [actor, action, target]);
    const operator = { type: 'operator', id: 'operator', name: null };
    const target = { type: 'organization', id: admin.organization };
    expect(key?.slice(0, 2)).toEqual([operator, 'key.create']);
    expect(organization).toEqual([operator, 'organization.create', target]);
  });

  it('shows what changed, and names without its values what may be secret', async () => {
    const [change] = (await recordOf('key.change')).changes ?? [];
    expect(change).toEqual({ field: 'permissions', from: ['job:read'], to: ['job:create'] });
    expect((await recordOf('key.rotate')).changes).toEqual([{ field: 'secret' }]);
    const webhook = await recordOf('webhook.change');
    expect(webhook.changes).toEqual([
      { field: 'event_types', from: null, to: ['job.failed'] },
      { field: 'url' },
    ]);
    expect((await recordOf('hook.change')).changes).toEqual([{ field: 'verification' }, { field: 'secret' }]);
    const [cancelled] = (await recordOf('job.cancel')).changes ?? [];
    expect(cancelled).toEqual({ field: 'status', from: 'in_progress', to: 'cancelled' });
  });

  it('is there of what the operator does to an organization', async () => {
    const own = await makeClient();
    const path = `/admin/orgs/${own.organization}`;
    const external_id = `organization-${own.organization}`;
    const operate = async (method: string, rest: string, body?: unknown) => {
      expect((await send(env.ADMIN_TOKEN, method, path + rest, { body })).status).toBe(200);
    };
    await operate('PATCH', '', { external_id });
    await operate('PATCH', '', { name: 'Another', external_id });
    await operate('POST', '/suspend');
    await operate('POST', '/suspend');
    await operate('POST', '/resume');
    const records = (await recordsOf(own, `&target=${own.organization}`)).reverse();
    expect(records.map(({ action, changes }) => [action, changes])).toEqual([
      ['organization.create', [{ field: 'name', from: null, to: 'A test' }]],
      ['organization.change', [{ field: 'external_id', from: null, to: external_id }]],
      ['organization.change', [{ field: 'name', from: 'A test', to: 'Another' }]],
      ['organization.suspend', undefined],
      ['organization.resume', undefined],
    ]);
    expect(new Set(records.map(({ actor }) => actor.type))).toEqual(new Set(['operator']));
  });

  it('holds no secret, no payload, and no whole address', async () => {
    const { text } = await admin.get('/api/audit?limit=100');
    for (const secret of secrets) expect(text, secret).not.toContain(secret);
  });

  it('numbers those of a store without holes, and never twice', async () => {
    const ids = (await recordsOf(admin)).map(({ id }) => id.split('.'));
    for (const store of ['org', '0']) {
      const numbers = ids.filter(([name]) => name === store).map(([, n]) => Number(n));
      expect(numbers.length).toBeGreaterThan(3);
      expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  it('shows in no event of the feed', async () => {
    const { text } = await admin.get('/api/events?limit=100');
    expect(text).toContain('job.cancelled');
    for (const shown of ['203.0.113', 'a dashboard', 'helper', ...did.map(({ request }) => request)]) {
      expect(text).not.toContain(shown);
    }
  });

  it('is none where nothing was changed', async () => {
    const count = async () => (await recordsOf(admin)).length;
    const before = await count();
    const id = await makeRunningJob(admin);
    await admin.post(`/api/jobs/${id}/cancel`);
    expect(await count()).toBe(before + 1);
    await admin.post(`/api/jobs/${id}/cancel`);
    await admin.send('PATCH', `/api/keys/${helper.keyId}`, { body: { name: 'helper' } });
    expect((await admin.send('DELETE', `/api/keys/${helper.keyId}`)).status).toBe(204);
    expect(await count()).toBe(before + 2);
    await admin.send('DELETE', `/api/keys/${helper.keyId}`);
    await admin.send('DELETE', `/api/jobs/${await makeRunningJob(admin)}`);
    expect(await count()).toBe(before + 2);
  });
});

describe('the list', () => {
  it('is for its own organization alone', async () => {
    const stranger = await makeClient();
    const found = await recordsOf(stranger);
    expect(found.map(({ action }) => action)).toEqual(['key.create', 'organization.create']);
    const { next_cursor } = (await admin.get('/api/audit?limit=1')).json;
    expect((await stranger.get(`/api/audit?cursor=${next_cursor}`)).json.code).toBe('invalid_cursor');
  });

  it('is paged over all stores without a hole and without a repeat, newest first', async () => {
    const whole = await recordsOf(admin);
    const paged: ShownRecord[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json } = await admin.get(`/api/audit?limit=3${cursor && `&cursor=${cursor}`}`);
      paged.push(...json.records);
      cursor = json.next_cursor;
    }
    expect(paged).toEqual(whole);
    expect(paged.map(({ at }) => at)).toEqual(
      paged
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
  });

  it('is filtered by who, what, about what, and when', async () => {
    const whole = await recordsOf(admin);
    const expected = (wanted: (record: ShownRecord) => boolean) => whole.filter(wanted);
    const { at, target } = whole[5] as ShownRecord;
    const filters: [string, (record: ShownRecord) => boolean][] = [
      [`&actor=${helper.keyId}`, ({ actor }) => actor.id === helper.keyId],
      ['&actor=operator', ({ actor }) => actor.type === 'operator'],
      ['&action=key.create&action=job.cancel', ({ action }) => /^(key.create|job.cancel)$/.test(action)],
      [`&target=${target.id}`, (record) => record.target.id === target.id],
      [`&from=${at}`, (record) => record.at >= at],
      [`&to=${at}`, (record) => record.at < at],
      ['&target=nobody', () => false],
    ];
    for (const [query, wanted] of filters)
      expect(await recordsOf(admin, query), query).toEqual(expected(wanted));
    expect((await admin.get('/api/audit?action=key')).status).toBe(422);
  });

  it('is one record a line with format=ndjson, its next page in a Link', async () => {
    const whole = await recordsOf(admin, '&action=key.create&action=job.cancel');
    const lines: ShownRecord[] = [];
    let path: string | undefined = '/api/audit?limit=2&format=ndjson&action=key.create&action=job.cancel';
    while (path !== undefined) {
      const { headers, text } = await admin.get(path);
      expect(headers.get('Content-Type')).toBe('application/x-ndjson');
      lines.push(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1];
    }
    expect(lines).toEqual(whole);
  });
});

/** What a worker does with its job, and what changes nothing that stays. */
const NO_ACTS = [
  ...['createJob', 'heartbeat', 'reportBatch', 'reportProgress'],
  ...['redeliver', 'testHook', 'testNewHook', 'testWebhook'],
  // Lists say what jobs are, which nobody changes by that.
  'verifyIndex',
  // The sign-in that the code opens is recorded, by the key that made it.
  'createSignInCode',
  // What it deletes has its audit in it: the deletion itself says who asked for it.
  'deleteOrganization',
];

it('whatever changes something is recorded, or is known to be no act', () => {
  const unnamed = SURFACES.flatMap(({ name, endpoints }) => {
    if (name === 'line' || name === 'open') return [];
    return endpoints.filter(({ method, audit }) => method !== 'GET' && audit === undefined);
  });
  expect(unnamed.map(({ id }) => id).sort()).toEqual(NO_ACTS.toSorted());
});
