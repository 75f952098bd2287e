/** An organization is deleted with everything it holds: by the operator's word, through the objects themselves. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../src/config';
import { STRAGGLERS } from '../../src/domain/access/standing';
import { homeIn } from '../../src/services/access/home';
import { mintJobId } from '../../src/services/ids/job-id';
import { expectRefusal } from '../attack/refusal';
import { COUNT, deliver, makeHook } from '../hooks/senders';
import { type Answer, type Client, makeClient, makeOrganization, send } from '../support/client';
import { hookStub, indexStub, jobStub, webhookStub } from '../support/objects';
import { openReceivers, Receiver } from '../support/receiver';
import { nameOrganization } from '../support/sessions';
import { openSocket } from '../support/socket';
import { makeToken } from '../support/tokens';
import { makeWebhook } from '../support/webhooks';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const operator = (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(env.ADMIN_TOKEN, method, `/admin/orgs${path}`, body === undefined ? {} : { body });
const directory = () => env.DIRECTORY.getByName('directory');

/** The tables that an object has, and its alarm. */
async function heldBy(stub: DurableObjectStub): Promise<string[]> {
  return runInDurableObject(stub, async (_object, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'")
      .toArray();
    return [...tables.map(({ name }) => name), ...((await storage.getAlarm()) === null ? [] : ['an alarm'])];
  });
}

/** Runs the directory's alarm, over and over, to the end; time goes by where that is waited for. */
async function finish(organization: string): Promise<Answer> {
  for (let runs = 0; runs < 200; runs++) {
    const shown = await operator('GET', `/${organization}`);
    if (shown.json.status === 'deleted') return shown;
    if (shown.json.deletion.step === 'waiting')
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + STRAGGLERS });
    await runDurableObjectAlarm(directory());
  }
  throw new Error('it does not end');
}

describe('with all that it has', () => {
  let client: Client;
  let jobs: string[];
  let objects: Record<string, DurableObjectStub>;
  let credentials: [string, () => Promise<Answer>][];

  beforeAll(async () => {
    openReceivers();
    client = await makeClient();
    const { organization } = client;
    await nameOrganization(organization, 'organization-test-deleted');
    const hook = await makeHook(client, { scheme: 'token' }, COUNT);
    const webhook = await makeWebhook(client, new Receiver());
    const made = await deliver(hook.path, '{"id":"a","n":1}');
    const plain = await client.createJob({ timeout_seconds: 3_600 });
    await client.report(plain, { mark_started: true, logs: [{ level: 'info', message: 'a line' }] });
    // Its object keeps the key that it was made with, though the job is deleted.
    const buried = (
      await client.post('/api/jobs/', { job_type: 'import', total_items: 1 }, { 'Idempotency-Key': 'a key' })
    ).json.job_id;
    await client.report(buried, { mark_completed: true });
    expect((await client.send('DELETE', `/api/jobs/${buried}`)).status).toBe(204);
    const token = await makeToken(client, plain, 'read');
    const { headers } = await client.send('POST', '/api/session');
    const Cookie = (headers.get('Set-Cookie') ?? '').split(';', 1)[0] ?? '';
    jobs = [made.json.job_id, plain, buried];
    objects = {
      organization: env.ORG.getByName(organization),
      index: indexStub(organization),
      hook: hookStub(organization, hook.hook_id),
      webhook: webhookStub(organization, webhook.webhook_id),
    };
    for (const job of jobs) objects[`job ${job}`] = await jobStub(organization, job);
    credentials = [
      ['a key', () => client.get('/api/jobs')],
      ['a sign-in', () => send(null, 'GET', '/api/me', { headers: { Cookie } })],
      ['a token', () => send(token, 'GET', `/api/jobs/${plain}`)],
    ];
    for (const [what, stub] of Object.entries(objects)) expect(await heldBy(stub), what).not.toEqual([]);
    await fill(organization);
  }, 60_000);

  /** A thousand more in the index: ids of sixteen objects, each of which holds something. */
  async function fill(organization: string): Promise<void> {
    const config = configOf(env);
    const rows: { job_id: string; created_at: number }[] = [];
    for (let n = 0; n < 1_024; n++) {
      // An id names its object by the core alone: of one core there is one for each shard.
      const [shard, core] = [n % 64, `${Math.floor(n / 64).toString(16)}`.padStart(17, '0')];
      const { job_id } = await mintJobId(config, organization, shard, core);
      rows.push({ job_id, created_at: n });
      if (shard > 0) continue;
      const stub = await jobStub(organization, job_id);
      await runInDurableObject(stub, (_job, { storage }) => void storage.sql.exec('CREATE TABLE kept (a)'));
      objects[`job ${n}`] = stub;
    }
    await runInDurableObject(indexStub(organization), (_index, { storage }) => {
      storage.sql.exec(
        `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, tags, body)
          SELECT value ->> 'created_at', value ->> 'job_id', 1, 1, 'pending', 'import', 'sync', '[]', '{}' FROM json_each(?)`,
        JSON.stringify(rows),
      );
    });
  }

  it('nothing of it stays, and its name is never given again', async () => {
    const { organization } = client;
    const headers = { 'User-Agent': 'an operator' };
    const begun = await send(env.ADMIN_TOKEN, 'DELETE', `/admin/orgs/${organization}`, { headers });
    expect([begun.status, begun.json.status, begun.json.limits]).toEqual([202, 'deleting', null]);
    // Asked for anew, as whoever believes nothing does.
    expect(await homeIn(env, organization, Date.now(), 0)).toEqual({ ok: true, value: null });
    expect((await operator('GET', '')).json.organizations).toContainEqual(
      expect.objectContaining({ organization_id: organization, status: 'deleting', external_id: null }),
    );
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'Another' }],
      ['PATCH', '', { external_id: 'x' }],
      ['POST', '/suspend', undefined],
      ['POST', '/resume', undefined],
      ['POST', '/keys', { name: 'k', preset: 'viewer' }],
      ['GET', '/keys', undefined],
      ['GET', `/keys/${client.keyId}`, undefined],
      ['PATCH', `/keys/${client.keyId}`, { name: 'Another' }],
      ['POST', `/keys/${client.keyId}/rotate`, {}],
      ['DELETE', `/keys/${client.keyId}`, undefined],
      ['POST', '/index/verify', undefined],
    ] as const)
      expectRefusal(await operator(method, `/${organization}${path}`, body), 404, 'not_found');
    const done = await finish(organization);
    expect(done.json).toMatchObject({ organization_id: organization, status: 'deleted', external_id: null });
    expect(done.json.deletion).toMatchObject({
      step: 'finished',
      finished_at: expect.stringMatching(/Z$/),
      requested_by: {
        request_id: begun.headers.get('X-Request-Id'),
        address: null,
        user_agent: 'an operator',
      },
      deleted: { webhooks: 1, hooks: 1, jobs: 1_026 },
    });
    for (const [what, stub] of Object.entries(objects)) expect(await heldBy(stub), what).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    for (const [what, ask] of credentials) {
      const answer = await ask();
      expect([answer.status, answer.json.code], what).toEqual([401, 'unauthenticated']);
    }
    for (const [what, stub] of Object.entries(objects)) expect(await heldBy(stub), what).toEqual([]);
    expect((await operator('GET', '')).text).not.toContain(`"${organization}"`);
    const again = await operator('POST', '', { organization_id: organization, name: 'Again' });
    expectRefusal(again, 409, 'organization_exists');
    expect(await heldBy(env.ORG.getByName(organization))).toEqual([]);
    expect((await operator('DELETE', `/${organization}`)).json).toEqual(done.json);
  }, 120_000);

  it('what its provider called it may be another’s', async () => {
    await nameOrganization(await makeOrganization(), 'organization-test-deleted');
  });
});

it('every credential of it is refused from its closing on, and nothing joins it any more', async () => {
  openReceivers();
  const client = await makeClient();
  const job = await client.createJob();
  const other = (await client.post('/api/keys', { name: 'x', preset: 'admin' })).json.api_key;
  const hook = await makeHook(client, { scheme: 'token' }, COUNT);
  expect((await operator('DELETE', `/${client.organization}`)).status).toBe(202);
  expectRefusal(await send(other, 'GET', '/api/jobs'), 401, 'unauthenticated');
  expectRefusal(await deliver(hook.path, '{"id":"a","n":1}'), 404, 'not_found');
  // This key was believed a moment ago: what it still makes does not stay.
  const lateHook = { name: 'late', verification: { scheme: 'token' }, mapping: COUNT };
  expect((await client.post('/api/hooks', lateHook)).status).toBe(409);
  expect((await client.post('/api/webhooks', { url: 'https://receiver.example/late' })).status).toBe(503);
  const late = await client.createJob();
  await finish(client.organization);
  for (const id of [job, late]) expect(await heldBy(await jobStub(client.organization, id))).toEqual([]);
  expect(await heldBy(indexStub(client.organization))).toEqual([]);
});

it('whoever watches one of its jobs is let go, and a job that is on its way to its index is erased all the same', async () => {
  const client = await makeClient();
  const job = await client.createJob();
  const stub = await jobStub(client.organization, job);
  const socket = await openSocket(client, job);
  const reports = Array.from({ length: 5 }, (_, n) => client.report(job, { processed_items: n + 1 }));
  await stub.erase(client.organization);
  await Promise.allSettled(reports);
  await stub.erase(client.organization);
  await socket.rest();
  expect(socket.closed).toBe(1000);
  expect(await heldBy(stub)).toEqual([]);
  expectRefusal(await client.get(`/api/jobs/${job}`), 404, 'job_not_found');
  await stub.erase('another-organization');
});

it('what is no organization is not deleted', async () => {
  for (const nobody of ['nobody-made-it', 'No', '%00'])
    expectRefusal(await operator('DELETE', `/${nobody}`), 404, 'not_found');
});
