/** What a suspended organization has made and changed while a Worker believes that it is served, and what its codes open. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expectRefusal, fingerprint } from '../attack/refusal';
import { COUNT, SECRETS } from '../hooks/senders';
import { type Answer, type Client, makeClient, makeKey, newKey, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { withOtherSecret } from '../support/other-secret';
import { openReceivers, Receiver } from '../support/receiver';
import { makeMembers, Provider } from '../support/sessions';

beforeEach(() => openReceivers());
afterEach(() => {
  vi.restoreAllMocks();
});

async function set(verb: 'suspend' | 'resume', { organization }: Client): Promise<void> {
  const answer = await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${organization}/${verb}`);
  expect(answer.status, answer.text).toBe(200);
}

const byCode = (code: string) => send(null, 'POST', '/api/session/code', { body: { code } });
const sessionsOf = async (client: Client) => (await client.get('/api/sessions')).json.sessions;

it('its code signs nobody in and writes nothing, tells whoever holds it why and nobody else, and signs in once it is resumed', async () => {
  const client = await makeClient();
  const { code } = (await client.send('POST', '/api/session/codes')).json;
  const wrong = await byCode(withOtherSecret(code));
  expectRefusal(wrong, 401, 'unauthenticated');
  await set('suspend', client);
  const written = await countRows(env.ORG.getByName(client.organization), async () => {
    const refused = await byCode(code);
    expectRefusal(refused, 403, 'organization_suspended');
    expect(refused.headers.get('Set-Cookie')).toBeNull();
    expect(fingerprint(await byCode(withOtherSecret(code)))).toBe(fingerprint(wrong));
  });
  expect(written).toBe(0);
  await set('resume', client);
  expect(await sessionsOf(client)).toEqual([]);
  expect((await byCode(code)).status).toBe(201);
  expect(await sessionsOf(client)).toHaveLength(1);
});

it('nothing that opens something is made for it, though a Worker believes that it is served; what the operator makes opens nothing yet', async () => {
  const { client, external } = await makeMembers();
  const { session_token } = await new Provider().signIn(external, { roles: ['stytch_admin'] });
  const headers = { Cookie: `stytch_session=${session_token}` };
  const job = await client.createJob();
  expect((await send(null, 'GET', '/api/jobs', { headers })).status).toBe(200);
  const key = { name: 'A test', permissions: ['job:read'] };
  const hook = { name: 'partner', verification: { scheme: 'github', secret: SECRETS.github } };
  const asks: [string, () => Promise<Answer>][] = [
    ['a key', () => client.post('/api/keys', key)],
    ['a key by a member', () => send(null, 'POST', '/api/keys', { body: key, headers })],
    ['a sign-in', () => client.send('POST', '/api/session')],
    ['a code', () => client.send('POST', '/api/session/codes')],
    ['a filter token', () => client.post('/api/tokens', { scope: 'read', filter: { tag: 'wall' } })],
    ['a hook', () => client.post('/api/hooks', { ...hook, mapping: COUNT })],
    ['an endpoint', () => client.post('/api/webhooks', { url: new Receiver().url })],
  ];
  const use = async () => (await client.get('/api/usage')).json.limits;
  const before = await use();
  await set('suspend', client);
  for (const [what, ask] of asks) {
    const answer = await ask();
    expect([what, answer.status, answer.json.code]).toEqual([what, 403, 'organization_suspended']);
  }
  expect((await client.get(`/api/jobs/${job}`)).status).toBe(200);
  const made = await makeKey(client.organization);
  expectRefusal(await made.get('/api/jobs'), 403, 'organization_suspended');
  await set('resume', client);
  expect((await made.send('DELETE', `/api/keys/${made.keyId}`)).status).toBe(204);
  expect(await use()).toEqual(before);
  for (const [what, ask] of asks) expect([what, (await ask()).status]).toEqual([what, 201]);
});

it('nothing that opens something gets another secret, URL or more rights, but by the operator', async () => {
  const client = await makeClient();
  const key = await newKey(client, { preset: 'viewer' });
  const hook = {
    name: 'partner',
    verification: { scheme: 'github', secret: SECRETS.github },
    mapping: COUNT,
  };
  const { hook_id } = (await client.post('/api/hooks', hook)).json;
  const endpoint = { url: new Receiver().url, enabled: false };
  const { webhook_id } = (await client.post('/api/webhooks', endpoint)).json;
  const change = (path: string, body: unknown) => client.send('PATCH', path, { body });
  const asks: [string, () => Promise<Answer>][] = [
    ['a key changed', () => change(`/api/keys/${key.keyId}`, { preset: 'admin' })],
    ['a key rotated', () => client.post(`/api/keys/${key.keyId}/rotate`, {})],
    ['an endpoint changed', () => change(`/api/webhooks/${webhook_id}`, { description: 'another' })],
    ['an endpoint rotated', () => client.send('POST', `/api/webhooks/${webhook_id}/rotate`)],
    [
      'a hook changed',
      () => change(`/api/hooks/${hook_id}`, { mapping: { ...COUNT, set: { job_type: 'other' } } }),
    ],
    ['a hook rotated', () => client.post(`/api/hooks/${hook_id}/rotate`, {})],
  ];
  const shown = async () => {
    const paths = [`/api/keys/${key.keyId}`, `/api/webhooks/${webhook_id}`, `/api/hooks/${hook_id}`];
    return (await Promise.all(paths.map((path) => client.get(path)))).map(({ json }) => json);
  };
  const before = await shown();
  await set('suspend', client);
  for (const [what, ask] of asks) {
    const answer = await ask();
    expect([what, answer.status, answer.json.code]).toEqual([what, 403, 'organization_suspended']);
  }
  const name = 'for when it is resumed';
  const operated = await send(
    ...([env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${client.organization}/keys/${key.keyId}`] as const),
    { body: { name } },
  );
  expect([operated.status, operated.json.name]).toEqual([200, name]);
  await set('resume', client);
  const [keyBefore, ...others] = before;
  expect(await shown()).toEqual([{ ...keyBefore, name }, ...others]);
  for (const [what, ask] of asks) expect([what, (await ask()).status]).toEqual([what, 200]);
});
