/** Acts that their caller may not do: recorded for the first of an hour, and counted beyond. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { REFUSALS_AN_HOUR } from '../../src/domain/audit/audit-record';
import { Tables } from '../../src/objects/kit/tables';
import { RefusalStore } from '../../src/objects/org/refusal-store';
import { makeRunningJob } from '../attack/bystander';
import { recordsOf, soon } from '../support/audit';
import { makeClient, newKey, send } from '../support/client';
import { makeFilterToken, makeToken } from '../support/tokens';

afterEach(() => {
  vi.useRealTimers();
});

it('is recorded with its code: without a permission, by a token, by a page of another site, giving more than one has', async () => {
  const admin = await makeClient();
  const viewer = await newKey(admin, { preset: 'viewer', name: 'a viewer' });
  const manager = await newKey(admin, { permissions: ['key:manage'] });
  const job = await makeRunningJob(admin);
  const denied = [
    await viewer.post('/api/keys', { name: 'x', preset: 'admin' }),
    await viewer.post(`/api/jobs/${job}/cancel`),
    await viewer.get('/api/audit'),
    await manager.post('/api/keys', { name: 'x', preset: 'admin' }),
  ];
  expect(denied.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  // Those that count under whoever made the token, and what is no act: to read, to create.
  const token = await makeToken(admin, job, 'read');
  expect((await send(token, 'POST', `/api/jobs/${job}/cancel`)).status).toBe(403);
  const { token: wall } = await makeFilterToken(viewer, { tag: 'wall' });
  expect((await send(wall, 'POST', `/api/jobs/${job}/rerun`)).status).toBe(403);
  const signedIn = await admin.send('POST', '/api/session');
  const [Cookie = ''] = (signedIn.headers.get('Set-Cookie') ?? '').split(';', 1);
  const headers = { Cookie, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  expect((await send(null, 'DELETE', `/api/keys/${viewer.keyId}`, { headers })).status).toBe(403);
  expect((await viewer.get('/api/keys')).status).toBe(403);
  expect((await viewer.post('/api/jobs', { job_type: 'a', total_items: 1 })).status).toBe(403);
  await soon(async () => {
    const refused = (await recordsOf(admin)).filter(({ outcome }) => outcome === 'refused');
    const told = refused.map(({ actor, action, target, code }) => [actor.id, action, target, code]);
    expect(told).toHaveLength(7);
    const code = 'permission_denied';
    expect(told).toEqual(
      expect.arrayContaining([
        [viewer.keyId, 'key.create', { type: 'key', id: null }, code],
        [viewer.keyId, 'job.cancel', { type: 'job', id: job }, code],
        [viewer.keyId, 'job.rerun', { type: 'job', id: job }, code],
        [viewer.keyId, 'audit.read', { type: 'audit', id: null }, code],
        [admin.keyId, 'key.revoke', { type: 'key', id: viewer.keyId }, 'origin_not_allowed'],
        [admin.keyId, 'job.cancel', { type: 'job', id: job }, code],
        [manager.keyId, 'key.create', { type: 'key', id: null }, code],
      ]),
    );
    const names = refused.filter(({ actor }) => actor.id === viewer.keyId).map(({ actor }) => actor.name);
    expect(names).toEqual(Array(4).fill('a viewer'));
  });
});

it('a credential has sixty in an hour, and a count of the others once that is over', async () => {
  const admin = await makeClient();
  const viewer = await newKey(admin, { preset: 'viewer' });
  vi.useFakeTimers({ toFake: ['Date'] });
  const hour = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 60_000;
  vi.setSystemTime(hour);
  const beyond = 7;
  const stub = env.ORG.getByName(admin.organization);
  const counted = () =>
    runInDurableObject(stub, (_org, { storage }) => {
      const [row] = storage.sql.exec<{ told: number; counted: number }>('SELECT * FROM refusal').toArray();
      return row === undefined ? 0 : Math.min(row.told, REFUSALS_AN_HOUR) + row.counted;
    });
  for (let n = 0; n < REFUSALS_AN_HOUR + beyond; n++) {
    expect((await viewer.send('DELETE', `/api/keys/${admin.keyId}`)).status).toBe(403);
  }
  await expect.poll(counted, { timeout: 10_000 }).toBe(REFUSALS_AN_HOUR + beyond);
  const refused = async () =>
    (await recordsOf(admin, `&actor=${viewer.keyId}`)).filter(({ outcome }) => outcome === 'refused');
  expect(await refused()).toHaveLength(REFUSALS_AN_HOUR);
  vi.setSystemTime(hour + 3_600_000);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  const [last, ...rest] = await refused();
  expect(rest).toHaveLength(REFUSALS_AN_HOUR);
  expect([last?.action, last?.count]).toEqual(['refusals.counted', beyond]);
  expect(last?.target).toEqual({ type: 'credential', id: viewer.keyId });
  // The next hour begins anew.
  await viewer.send('DELETE', `/api/keys/${admin.keyId}`);
  await soon(async () => expect(await refused()).toHaveLength(REFUSALS_AN_HOUR + 2));
});

it('what an hour has beyond the first waits for no hour that is still to come, by a clock that was ahead', async () => {
  const stub = env.ORG.getByName(`refusals-${crypto.randomUUID()}`);
  await runInDurableObject(stub, (_org, { storage }) => {
    const refusals = new RefusalStore(storage.sql, new Tables(storage.sql));
    const [hour, now] = [3_600_000, 500_000 * 3_600_000];
    const actor = { type: 'key' as const, id: 'k', name: null };
    refusals.count(actor, REFUSALS_AN_HOUR, now + 24 * hour);
    refusals.count(actor, REFUSALS_AN_HOUR, now);
    expect(refusals.end()).toBe(now + hour);
  });
});
