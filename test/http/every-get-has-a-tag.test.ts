import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import type { Endpoint } from '../../src/http/endpoint';
import { SURFACES } from '../../src/surfaces';
import { makeHook, SECRETS } from '../hooks/senders';
import { type Client, makeClient, send } from '../support/client';

/** Every GET of JSON in the table of routes, asked for what is there. */

const READS = SURFACES.flatMap(({ endpoints }) => endpoints).filter(
  ({ method, replies }) => method === 'GET' && replies[200]?.contentType === undefined && 200 in replies,
);

let client: Client;
let names: Record<string, string>;
beforeAll(async () => {
  client = await makeClient();
  const job_id = await client.createJob();
  await client.report(job_id, {
    mark_started: true,
    error: { entity_key: '1', error_type: 'bad', message: 'no' },
  });
  const webhook = await client.post('/api/webhooks', { url: 'https://receiver.example/hook' });
  const { hook_id } = await makeHook(client, { scheme: 'github', secret: SECRETS.github });
  names = {
    ...{ job_id, id: job_id, organization_id: client.organization },
    ...{ webhook_id: webhook.json.webhook_id, hook_id, key_id: client.keyId },
  };
});

const addressOf = ({ path }: Endpoint) =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => names[name] ?? name);
const credentialOf = ({ access }: Endpoint) => {
  if (access === 'open') return null;
  return access === 'admin' ? env.ADMIN_TOKEN : client.key;
};

it('there are some of every surface that has any', () => {
  expect(READS.length).toBeGreaterThanOrEqual(20);
});

it.each(READS.map((endpoint): [string, Endpoint] => [endpoint.path, endpoint]))(
  'GET %s has a strong ETag, and is a 304 to a reader that holds it',
  async (_, endpoint) => {
    const [credential, address] = [credentialOf(endpoint), addressOf(endpoint)];
    const whole = await send(credential, 'GET', address);
    const tag = whole.headers.get('ETag') ?? '';
    expect([whole.status, tag]).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
    expect(whole.json).not.toBeNull();
    expect(whole.headers.get('Cache-Control')).toMatch(/^private, (no-cache|max-age=60)$/);
    for (const held of [tag, `W/${tag}`, '*']) {
      const none = await send(credential, 'GET', address, { headers: { 'If-None-Match': held } });
      expect([none.status, none.text, none.headers.get('ETag')]).toEqual([304, '', tag]);
    }
    const other = await send(credential, 'GET', address, { headers: { 'If-None-Match': '"other"' } });
    expect([other.status, other.text]).toEqual([200, whole.text]);
    expect(endpoint.replies[304]?.headers).toHaveProperty('ETag');
  },
);

it('the feed is a 304 to a waiting reader that holds its page, where nothing has come', async () => {
  const { next_cursor } = (await client.get('/api/events')).json;
  const path = `/api/events?after=${next_cursor}`;
  const tag = (await client.get(path)).headers.get('ETag') ?? '';
  const none = await client.get(`${path}&wait=1`, { headers: { 'If-None-Match': tag } });
  expect([none.status, none.text]).toEqual([304, '']);
});
