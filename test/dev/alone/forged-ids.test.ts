/** Ids that were never made here: they open no object, leave nothing on the disk, and are answered like all that is not there. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { bundleWorker } from '../../../bench/bundle.ts';
import { Connection } from '../../../bench/connection.ts';
import { median, quantile } from '../../../bench/stats.ts';
import { UNLIMITED } from '../../../bench/unlimited.ts';
import { bundleFor } from '../../../dev/service.ts';
import type { Client } from '../../contract/client.ts';
import { Operator } from '../../contract/operator.ts';
import { Live, SECRETS } from '../live.ts';

const permissions = ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'];
const FORGED = 10_000;
const CONNECTIONS = 8;

let live: Live;
let client: Client;
let stranger: Client;
before(async () => {
  live = await Live.start(
    async (folder) => {
      await bundleWorker('test/support/counting-worker.ts', folder, await bundleFor(`${folder}-service`));
      return folder;
    },
    { permissions, variables: UNLIMITED },
  );
  client = live.client;
  const operator = new Operator(client.url, SECRETS.ADMIN_TOKEN);
  stranger = await operator.newClient(await operator.newOrganization(), permissions);
});
after(() => live?.stop());

/** A UUIDv8 and a signed id that nobody made; what differs from a good one is the MAC alone. */
const job = () => randomUUID().replace(/-4(?=...-)/, '-8');
const signed = () => `0${randomBytes(16).toString('hex')}`;

/** A key or a session that nobody made; its checksum is right. */
function credential(prefix: string, organization: string): string {
  const head = `${prefix}_${organization}_${signed()}_${randomBytes(24).toString('hex')}`;
  return `${head}${crc32(head).toString(16).padStart(8, '0')}`;
}

const nobody = () => `nobody-${randomBytes(6).toString('hex')}`;
const token = () => `hwt_${randomBytes(60).toString('base64url')}`;
const hook = (organization: string, turn = '') =>
  `/hooks/${organization}/pushes/0${randomBytes(24).toString('hex')}${turn}`;

/** Where an id can be shown, as a path and a bearer. */
const PLACES: readonly (() => { method: 'GET' | 'POST'; path: string; bearer?: string; body?: object })[] = [
  () => ({ method: 'GET', path: `/api/jobs/${job()}` }),
  () => ({ method: 'POST', path: `/api/jobs/${job()}/progress`, body: { processed_items: 1 } }),
  () => ({ method: 'POST', path: `/api/v1/jobs/${job()}/cancel`, body: {} }),
  () => ({ method: 'GET', path: `/v1/api/jobs/${job()}` }),
  () => ({ method: 'GET', path: `/api/webhooks/${signed()}` }),
  () => ({ method: 'GET', path: `/api/hooks/${signed()}/arrivals` }),
  () => ({ method: 'GET', path: `/api/keys/${signed()}` }),
  () => ({ method: 'POST', path: hook(client.organization), body: {} }),
  () => ({ method: 'POST', path: hook(nobody()), body: {} }),
  () => ({ method: 'POST', path: hook(client.organization, '1'), body: {} }),
  () => ({ method: 'POST', path: `/api/hooks/${signed()}/rotate`, body: {} }),
  () => ({ method: 'GET', path: '/api/jobs', bearer: credential('hwf', client.organization) }),
  () => ({
    method: 'POST',
    path: '/api/session/code',
    body: { code: credential('hwl', client.organization) },
  }),
  () => ({ method: 'GET', path: '/api/jobs', bearer: credential('hw', nobody()) }),
  () => ({ method: 'GET', path: '/api/jobs', bearer: credential('hw', client.organization) }),
  () => ({ method: 'GET', path: '/api/me', bearer: credential('hws', client.organization) }),
  () => ({ method: 'GET', path: `/api/jobs/${job()}`, bearer: token() }),
  () => ({ method: 'POST', path: `/r/${token()}`, body: {} }),
];

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => !/-(?:wal|shm)$/.test(name)).sort();
}

test(`${FORGED} forged ids open no object and leave nothing on the disk`, async () => {
  await client.createJob();
  const jobs = async () => (await client.get('/counts')).json.starts;
  const [files, started] = [await filesOf(live.objects), await jobs()];
  const statuses = new Set<number>();
  let sent = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const connection = await Connection.open(client.url, {});
      while (sent < FORGED) {
        const place = PLACES[sent++ % PLACES.length] ?? assert.fail();
        const { method, path, bearer = client.apiKey, body } = place();
        const headers = { Authorization: `Bearer ${bearer}` };
        statuses.add((await connection.ask({ method, path, headers, body })).status);
      }
      connection.close();
    }),
  );
  assert.deepEqual([...statuses].sort(), [401, 404]);
  assert.deepEqual(await filesOf(live.objects), files);
  assert.equal(await jobs(), started);
});

const ROUNDS = 600;

test('foreign, unknown, forged and deleted: one 404 by its bytes; of those that are not one’s own, in times no further apart than one id’s are', async () => {
  const own = await client.createJob();
  const deleted = await client.createJob();
  await client.report(deleted, { mark_completed: true });
  const gone = await fetch(`${client.url}/api/jobs/${deleted}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${client.apiKey}` },
  });
  assert.equal(gone.status, 204);
  const last = own.endsWith('0') ? '1' : '0';
  const ids = [await stranger.createJob(), job(), own.slice(0, -1) + last];
  const connection = await Connection.open(client.url, { Authorization: `Bearer ${client.apiKey}` });
  const bodies = new Set<string>();
  const ask = async (id: string) => {
    const began = performance.now();
    const { status, body } = await connection.ask({ method: 'GET', path: `/api/jobs/${id}` });
    const ms = performance.now() - began;
    assert.equal(status, 404);
    bodies.add(body.toString().replace(/"request_id":"[^"]*"/, ''));
    return ms;
  };
  // A deleted job's id was made for its reader's organization: its object is asked, as SECURITY.md says. It is not timed.
  await ask(deleted);
  const times = ids.map((): number[] => []);
  // In turn, and each as often first, so that whatever a round or an answer leaves behind is met by all of them.
  for (let round = -60; round < ROUNDS; round++) {
    for (let n = 0; n < ids.length; n++) {
      const at = (round + 60 + n) % ids.length;
      const ms = await ask(ids[at] ?? assert.fail());
      if (round >= 0) times[at]?.push(ms);
    }
  }
  connection.close();
  assert.equal(bodies.size, 1);
  const sorted = times.map((all) => all.toSorted((a, b) => a - b));
  const spread = Math.max(...sorted.map((all) => quantile(all, 0.75) - quantile(all, 0.25)));
  const medians = sorted.map((all) => median(all));
  const apart = Math.max(...medians) - Math.min(...medians);
  assert.ok(
    apart <= spread,
    `medians ${medians.map((ms) => ms.toFixed(3))} ms, spread ${spread.toFixed(3)} ms`,
  );
});
