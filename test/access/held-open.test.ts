/** What is held open by a key ends with it: within 30 s, by the clock of the wall. */
import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { Client, makeClient, ORIGIN, send } from '../support/client';
import { SocketClient } from '../support/socket';
import { openStream, StreamReader } from '../support/stream';
import { makeToken } from '../support/tokens';

/** ms. What ends by itself is told of by a turn of the loop or two. */
const WITHIN = 30_000;
const SLACK = 1_000;

async function newKey(by: Client, fields: Record<string, unknown> = {}): Promise<Client> {
  const permissions = ['job:read', 'job:create'];
  const { json } = await by.post('/api/keys', { name: 'A test', permissions, ...fields });
  return new Client(by.organization, json.api_key, json.key_id);
}

/** Opens all that can be held open, and tells when each has ended. */
async function held(key: Client, jobId: string): Promise<Record<string, Promise<number>>> {
  const headers = { Authorization: `Bearer ${key.key}` };
  const open = (path: string, more = {}) =>
    exports.default.fetch(new Request(ORIGIN + path, { headers: { ...headers, ...more } }));
  const token = await makeToken(key, jobId, 'read');
  const ended = (stream: StreamReader) => stream.until(() => false).then(() => Date.now());
  const socket = new SocketClient(await open(`/api/jobs/${jobId}/socket`, { Upgrade: 'websocket' }));
  const byToken = await exports.default.fetch(
    new Request(`${ORIGIN}/api/jobs/${jobId}/stream?token=${token}`),
  );
  return {
    stream: ended(await openStream(key, jobId)),
    feed: ended(new StreamReader(await open('/api/events/stream'))),
    token: ended(new StreamReader(byToken)),
    socket: socket.rest().then(() => Date.now()),
  };
}

it('a revoked key, and one that is limited to other jobs: streams, feed, sockets and tokens, believed ones too', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const [revoked, limited] = [await newKey(client), await newKey(client)];
  // Looked up a while before anything is opened by it: what is believed of a key is no younger for that.
  for (const key of [revoked, limited]) expect((await key.get('/api/jobs')).status).toBe(200);
  await scheduler.wait(5_000);
  const open = [await held(revoked, jobId), await held(limited, jobId)];
  const polls = [revoked, limited].map((key) => key.get(`/api/jobs/${jobId}?wait=60`));
  const from = Date.now();
  expect((await client.send('DELETE', `/api/keys/${revoked.keyId}`)).status).toBe(204);
  const change = await client.send('PATCH', `/api/keys/${limited.keyId}`, { body: { job_types: ['other'] } });
  expect(change.status, change.text).toBe(200);
  for (const ends of open) {
    for (const [what, end] of Object.entries(ends))
      expect((await end) - from, what).toBeLessThan(WITHIN + SLACK);
  }
  expectRefusal(await revoked.get('/api/jobs'), 401, 'unauthenticated');
  expectRefusal(await limited.get(`/api/jobs/${jobId}`), 404, 'job_not_found');
  await client.report(jobId, { processed_items: 1 });
  for (const poll of polls) expectRefusal(await poll, 401, 'unauthenticated');
}, 60_000);

it('a key that expires, and a secret whose grace is over, at that moment', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const end = Date.now() + 6_000;
  const expiring = await newKey(client, { expires_at: new Date(end).toISOString() });
  const rotated = await newKey(client);
  const answer = await client.post(`/api/keys/${rotated.keyId}/rotate`, { grace_period: 6 });
  const graceEnd = Date.parse(answer.json.older_secret_until);
  const [byExpiring, byOld] = [await held(expiring, jobId), await held(rotated, jobId)];
  for (const [what, ended] of Object.entries(byExpiring)) {
    expect((await ended) - end, what).toBeGreaterThanOrEqual(-SLACK);
    expect((await ended) - end, what).toBeLessThan(5 * SLACK);
  }
  for (const [what, ended] of Object.entries(byOld)) {
    // A token names the key that made it, and that goes on.
    if (what === 'token') continue;
    expect((await ended) - graceEnd, what).toBeGreaterThanOrEqual(-SLACK);
    expect((await ended) - graceEnd, what).toBeLessThan(5 * SLACK);
  }
  const gone = await send(
    env.ADMIN_TOKEN,
    'DELETE',
    `/admin/orgs/${client.organization}/keys/${rotated.keyId}`,
  );
  expect(gone.status).toBe(204);
  expect(await byOld.token).toBeLessThan(Date.now() + WITHIN);
}, 60_000);
