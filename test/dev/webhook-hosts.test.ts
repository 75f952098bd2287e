/** Webhooks into the operator's own network, on the service as it is hosted. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { Workplace } from './commands.ts';

const ADMIN_TOKEN = `admin-${'a'.repeat(40)}`;

let place: Workplace;
let receiver: Server;
let service: Service;
let allowed: string;
let received: Promise<{ path: string; type: string; text: string }>;

before(async () => {
  place = await Workplace.make();
  const arrival = Promise.withResolvers<{ path: string; type: string; text: string }>();
  received = arrival.promise;
  receiver = createServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    response.end();
    // Not the test that opens the endpoint.
    if (String(request.headers['webhook-id']).endsWith('.endpoint.test')) return;
    arrival.resolve({ path: request.url ?? '', type: request.headers['content-type'] ?? '', text });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  allowed = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  service = await startService({
    dataDir: place.path('data'),
    bundleDir: await bundleFor(place.path('bundle')),
    bindings: {
      ROOT_SECRET: `root-${'r'.repeat(40)}`,
      ADMIN_TOKEN,
      WEBHOOK_HOSTS: `chat.lan, ${allowed}`,
      PUBLIC_URL: 'https://jobs.example.com',
      WEBHOOK_PACE_MS: '20',
    },
  });
});

after(async () => {
  await service.kill();
  receiver.closeAllConnections();
  receiver.close();
  await place.leave();
});

async function post(path: string, token: string, body: unknown): Promise<{ status: number; json: Answer }> {
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Answer };
}

interface Answer {
  api_key: string;
  detail: string;
  url: string;
}

test('a host that WEBHOOK_HOSTS names is told over its own network, any other is a 422 that names them', async () => {
  await post('/admin/orgs', ADMIN_TOKEN, { organization_id: 'home', name: 'Home' });
  const permissions = ['webhook:manage', 'job:create', 'job:read'];
  const made = await post('/admin/orgs/home/keys', ADMIN_TOKEN, { name: 'k', permissions });
  const key = made.json.api_key;
  const endpoint = (url: string) => post('/api/webhooks', key, { url, format: 'ntfy' });

  const refused = await endpoint('http://127.0.0.1:1/topic');
  assert.equal(refused.status, 422);
  assert.match(
    refused.json.detail,
    new RegExp(`unless it is one of chat\\.lan, ${allowed.replaceAll('.', '\\.')}\\.$`),
  );
  assert.equal((await endpoint('https://jobs.example.com/hook')).status, 422);
  assert.equal((await endpoint(`http://${allowed}/topic`)).status, 201);
  assert.equal((await post('/api/jobs/', key, { job_type: 'backup', total_items: 3 })).status, 201);
  assert.deepEqual(await received, {
    path: '/topic',
    type: 'text/plain; charset=utf-8',
    text: 'Backup: Job created · 0 of 3',
  });
});

test('PUBLIC_URL is where links lead, and the host of the URLs that senders sign', async () => {
  const made = await post('/admin/orgs/home/keys', ADMIN_TOKEN, {
    name: 'h',
    permissions: ['webhook:manage', 'job:create'],
  });
  const mapping = { action: 'create', set: { job_type: 'import', total_items: 1 } };
  const hook = { name: 'h', verification: { scheme: 'token' }, mapping };
  const { status, json } = await post('/api/hooks', made.json.api_key, hook);
  assert.equal(status, 201);
  assert.match(json.url, /^https:\/\/jobs\.example\.com\/hooks\//);

  const secret = 'a shared secret of the two';
  const signed = { ...hook, verification: { scheme: 'square', secret } };
  const url = (await post('/api/hooks', made.json.api_key, signed)).json.url;
  const raw = '{"event_id": "e-1", "type": "payment.created"}';
  const deliver = async (as: string): Promise<number> => {
    const signature = createHmac('sha256', secret)
      .update(as + raw)
      .digest('base64');
    const headers = { 'Content-Type': 'application/json', 'x-square-hmacsha256-signature': signature };
    const { pathname } = new URL(url);
    return (await fetch(service.url + pathname, { method: 'POST', headers, body: raw })).status;
  };
  assert.equal(await deliver(url), 202);
  assert.equal(await deliver(service.url + new URL(url).pathname), 404);
});
