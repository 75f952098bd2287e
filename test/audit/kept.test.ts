/** A record and its change stand or fall together, wherever the change is made and whatever crashes on the way. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AUDIT_LIFE, type AuditRecord, SERVICE } from '../../src/domain/audit/audit-record';
import { networkOf } from '../../src/domain/audit/network-of';
import type { Publication } from '../../src/domain/feed/publication';
import { AuditStore } from '../../src/objects/kit/audit-store';
import { Tables } from '../../src/objects/kit/tables';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { makeCompletedJob, makeRunningJob } from '../attack/bystander';
import { COUNT } from '../hooks/senders';
import { recordsOf } from '../support/audit';
import { type Client, makeClient, newKey, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { hookStub, indexStub, jobStub } from '../support/objects';

let admin: Client;
beforeAll(async () => {
  admin = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const about = async (action: string, target: string) =>
  (await recordsOf(admin, `&action=${action}&target=${target}`)).length;

/** By an alarm, this run of it or the one that the runtime was quicker with. */
async function arrives(action: string, target: string, stub: DurableObjectStub): Promise<void> {
  await runDurableObjectAlarm(stub);
  await expect.poll(() => about(action, target)).toBe(1);
}

describe('a record that an object carries survives a crash between its commit and what it is carried with', () => {
  const away = () => vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('away'));

  it.each([
    ['job.cancel', makeRunningJob, (id: string) => admin.post(`/api/jobs/${id}/cancel`)],
    ['job.delete', makeCompletedJob, (id: string) => admin.send('DELETE', `/api/jobs/${id}`)],
    ['token.revoke', makeRunningJob, (id: string) => admin.send('DELETE', `/api/jobs/${id}/tokens`)],
  ])('%s', async (action, make, act) => {
    const id = await make(admin);
    const stub = await jobStub(admin.organization, id);
    away();
    expect((await act(id)).status).toBeLessThan(300);
    await evictDurableObject(stub);
    expect(await about(action, id)).toBe(0);
    vi.restoreAllMocks();
    await arrives(action, id, stub);
    await runDurableObjectAlarm(stub);
    expect(await about(action, id)).toBe(1);
  });

  it('job.rerun', async () => {
    const id = await makeCompletedJob(admin);
    away();
    const { json } = await admin.post(`/api/jobs/${id}/rerun`);
    const stub = await jobStub(admin.organization, json.job_id);
    await evictDurableObject(stub);
    expect(await about('job.rerun', id)).toBe(0);
    vi.restoreAllMocks();
    await arrives('job.rerun', id, stub);
  });

  it('hook.change', async () => {
    const body = { name: 'partner', verification: { scheme: 'token' }, mapping: COUNT };
    const { hook_id } = (await admin.post('/api/hooks', body)).json;
    const stub = hookStub(admin.organization, hook_id);
    vi.spyOn(OrgDO.prototype, 'takeAudit').mockRejectedValue(new Error('away'));
    const change = { verification: { scheme: 'github', secret: 'It is one of sixteen bytes' } };
    expect((await admin.send('PATCH', `/api/hooks/${hook_id}`, { body: change })).status).toBe(200);
    await evictDurableObject(stub);
    expect(await about('hook.change', hook_id)).toBe(0);
    vi.restoreAllMocks();
    await arrives('hook.change', hook_id, stub);
  });
});

it('a record that the directory carries survives a crash between its commit and what it is carried with', async () => {
  const own = await makeClient();
  const changes = async () => {
    const { json } = await own.get('/api/audit?action=organization.change');
    return json.records.filter(({ changes }: AuditRecord) => changes?.[0]?.field === 'external_id');
  };
  const away = vi.spyOn(OrgDO.prototype, 'takeAudit').mockRejectedValue(new Error('away'));
  const body = { external_id: `org-${own.organization}` };
  const path = `/admin/orgs/${own.organization}`;
  expect((await send(env.ADMIN_TOKEN, 'PATCH', path, { body })).status).toBe(200);
  const directory = env.DIRECTORY.getByName('directory');
  await evictDurableObject(directory);
  expect(await changes()).toEqual([]);
  away.mockRestore();
  await runDurableObjectAlarm(directory);
  await expect.poll(async () => (await changes()).length).toBe(1);
  await runDurableObjectAlarm(directory);
  expect(await changes()).toHaveLength(1);
});

it('a publication that comes again adds no second record, and writes no row', async () => {
  const id = await makeRunningJob(admin);
  const publish = vi.spyOn(OrgIndexDO.prototype, 'publish');
  await admin.post(`/api/jobs/${id}/cancel`);
  const sent = publish.mock.calls.map(([publication]) => publication).find(({ audit }) => audit);
  const index = indexStub(admin.organization);
  const again = structuredClone(sent) as Publication;
  expect(await countRows(index, () => index.publish(again as never))).toBe(0);
  expect(await about('job.cancel', id)).toBe(1);
});

it('an index of an older build confirms no record: the job keeps it, and sends it again', async () => {
  const id = await makeRunningJob(admin);
  const real = OrgIndexDO.prototype.publish;
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(function (this: OrgIndexDO, publication) {
    const { audit: _unknown, ...known } = publication;
    return real.call(this, known);
  });
  expect((await admin.post(`/api/jobs/${id}/cancel`)).status).toBe(200);
  expect(await about('job.cancel', id)).toBe(0);
  vi.restoreAllMocks();
  await arrives('job.cancel', id, await jobStub(admin.organization, id));
});

it('a change whose record can’t be kept is not made', async () => {
  const key = await newKey(admin, { preset: 'viewer', name: 'before' });
  const webhook = (await admin.post('/api/webhooks', { url: 'https://receiver.example/a' })).json;
  const opened = (await key.send('POST', '/api/session')).json;
  const seen = async () => {
    const paths = ['/api/keys', '/api/sessions', '/api/webhooks', '/api/hooks'];
    return Promise.all(paths.map(async (path) => (await admin.get(path)).text));
  };
  const before = await seen();
  vi.spyOn(AuditStore.prototype, 'append').mockImplementation(() => {
    throw new Error('the disk is full');
  });
  const one = `/api/keys/${key.keyId}`;
  const endpoint = `/api/webhooks/${webhook.webhook_id}`;
  const acts: [string, string, unknown?][] = [
    ['POST', '/api/keys', { name: 'x', preset: 'viewer' }],
    ['PATCH', one, { name: 'after' }],
    ['POST', `${one}/rotate`, {}],
    ['DELETE', one],
    ['POST', '/api/session'],
    ['DELETE', `/api/sessions/${opened.session_id}`],
    ['PATCH', endpoint, { enabled: false }],
    ['POST', `${endpoint}/rotate`],
    ['DELETE', endpoint],
  ];
  for (const [method, path, body] of acts) {
    expect((await admin.send(method, path, { body })).status, `${method} ${path}`).toBe(500);
  }
  vi.restoreAllMocks();
  expect(await seen()).toEqual(before);
  expect((await key.get('/api/me')).status).toBe(200);
});

it('is shown for ninety days, then no more, and its table is dropped by a later one; numbers go on', async () => {
  const stub = env.ORG.getByName('audit-life');
  await runInDurableObject(stub, (_org, { storage }) => {
    const tables = new Tables(storage.sql);
    const store = new AuditStore(storage.sql, tables);
    const start = Date.UTC(2030, 0, 1);
    const record = (at: number): AuditRecord => {
      return {
        at,
        ...SERVICE,
        action: 'webhook.disable',
        target: { type: 'webhook', id: 'w' },
        outcome: 'done',
      };
    };
    const shown = (now: number) => store.page({ before: null, limit: 10 }, now).records.map(({ n }) => n);
    storage.transactionSync(() => store.append(record(start), start));
    expect(shown(start + AUDIT_LIFE)).toEqual([1]);
    expect(shown(start + AUDIT_LIFE + 1)).toEqual([]);
    const rows = () =>
      storage.sql.exec(
        'SELECT n FROM audit_0 UNION SELECT n FROM audit_1 UNION SELECT n FROM audit_2 UNION SELECT n FROM audit_3',
      );
    const later = start + 2 * AUDIT_LIFE;
    storage.transactionSync(() => store.append(record(later), later));
    expect(shown(later)).toEqual([2]);
    expect(rows().toArray()).toEqual([{ n: 2 }]);
    storage.transactionSync(() => store.expire(later + 2 * AUDIT_LIFE));
    expect(rows().toArray()).toEqual([]);
    storage.transactionSync(() => store.append(record(later), later + 2 * AUDIT_LIFE));
    expect(rows().toArray()).toEqual([{ n: 3 }]);
  });
});

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  [' 10.1.2.3 ', '10.1.2.0/24'],
  ['::ffff:192.0.2.200', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:DB8::1', '2001:db8::/48'],
  ['::1', '::/48'],
  ['[2001:db8:aaaa:bbbb::1]', '2001:db8:aaaa::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['unknown', null],
  ['1.2.3', null],
  ['1.2.3.400', null],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1::2::3', null],
  ['', null],
])('of the address %j a record keeps %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
