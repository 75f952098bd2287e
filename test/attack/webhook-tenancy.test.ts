/** Every route that names an endpoint: a foreign, an unknown, a forged and a deleted one can't be told apart. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';
import { Receiver } from '../support/receiver.ts';
import { ROUTES } from '../support/routes.ts';
import { makeWebhook } from '../support/webhooks.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { goodAsk, titled } from './tenants.ts';

const WEBHOOK_ROUTES = ROUTES.filter(({ path }) => path.includes(':webhook_id'));

let mine: Client;
let own: string;
let strange: Record<string, string>;

beforeAll(async () => {
  const theirs = await makeClient();
  mine = await makeClient();
  const make = async (client: Client) =>
    (await makeWebhook(client, new Receiver(), { enabled: false })).webhook_id;
  own = await make(mine);
  const deleted = await make(mine);
  expect((await mine.send('DELETE', `/api/webhooks/${deleted}`)).status).toBe(204);
  const last = own.endsWith('0') ? '1' : '0';
  strange = {
    foreign: await make(theirs),
    unknown: `wh_0${'0'.repeat(32)}`,
    forged: own.slice(0, -1) + last,
    deleted,
    shouted: own.toUpperCase(),
    malformed: 'x',
  };
}, 30_000);

const at = (path: string, id: string) =>
  path.replace(':webhook_id', encodeURIComponent(id)).replace(':delivery_id', '1');

describe.each(titled(WEBHOOK_ROUTES))('%s', (_, route) => {
  it('refuses what is not its own, always alike', async () => {
    const before = (await mine.get(`/api/webhooks/${own}`)).text;
    const answers = new Set<string>();
    for (const id of Object.values(strange)) {
      const answer = await mine.send(route.method, at(route.path, id), goodAsk(route));
      expectRefusal(answer, 404, 'not_found', 'native');
      answers.add(fingerprint(answer));
    }
    expect(answers.size).toBe(1);
    expect((await mine.get(`/api/webhooks/${own}`)).text).toBe(before);
  });

  it('serves its owner', async () => {
    const client = await makeClient();
    const { webhook_id } = await makeWebhook(client, new Receiver(), { enabled: false });
    const answer = await client.send(route.method, at(route.path, webhook_id), goodAsk(route));
    if (answer.status > 299) expectRefusal(answer, 409, 'webhook_disabled', 'native');
  });
});

it('an invented id leaves no object behind', async () => {
  const ids = new Set<string>();
  const original = env.WEBHOOK.getByName;
  env.WEBHOOK.getByName = function spied(this: typeof env.WEBHOOK, name: string) {
    ids.add(name);
    return original.call(this, name);
  };
  try {
    for (const route of WEBHOOK_ROUTES) {
      await mine.send(route.method, at(route.path, strange.forged ?? ''), goodAsk(route));
    }
    expect(ids).toEqual(new Set());
    await mine.get(`/api/webhooks/${own}/deliveries`);
    expect(ids).toEqual(new Set([`${mine.organization}/${own}`]));
  } finally {
    env.WEBHOOK.getByName = original;
  }
});
