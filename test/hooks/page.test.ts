/** Every example of the page about hooks, registered and delivered to; and its table against the presets. */
import { beforeAll, describe, expect, it } from 'vitest';
import page from '../../docs/hooks.md?raw';
import { PRESET_NAMES } from '../../src/domain/hook/presets';
import { type Client, makeClient, send } from '../support/client';
import { GITHUB_PUSH, STRIPE_EVENT } from './payloads';
import { PARTNERS } from './presets/partners';
import * as sign from './presets/signers';
import { github, type Headers, jobs, makeHook, SECRETS, slack, stripe } from './senders';

const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text));
const EVENT = { 'X-GitHub-Event': 'push' };
const { payload: MENTION } = PARTNERS.slack;
const { payload: ALERTS } = PARTNERS.alertmanager;
const ALERT = ALERTS.alerts[0];

interface Delivery {
  payload: unknown;
  more?: Headers;
  /** How many jobs it makes. */
  makes: number;
}

/** By the example's name: its secret, how it is signed, and deliveries that count and that don't. */
const TRIALS: Record<string, { secret?: string; sign: (raw: string) => Headers; deliveries: Delivery[] }> = {
  catalogue: {
    ...{ secret: SECRETS.github, sign: (raw) => github(raw) },
    deliveries: [
      { payload: GITHUB_PUSH, more: EVENT, makes: 1 },
      { payload: { zen: 'Design for failure.', hook_id: 7 }, more: { 'X-GitHub-Event': 'ping' }, makes: 0 },
      { payload: { ...GITHUB_PUSH, deleted: true, after: '0'.repeat(40) }, more: EVENT, makes: 0 },
      { payload: { ...GITHUB_PUSH, ref: 'refs/tags/v1' }, more: EVENT, makes: 0 },
    ],
  },
  orders: {
    ...{ secret: SECRETS.stripe, sign: (raw) => stripe(raw) },
    deliveries: [
      { payload: STRIPE_EVENT, makes: 1 },
      { payload: unpaid(), makes: 0 },
      { payload: { ...STRIPE_EVENT, id: 'evt_2', type: 'customer.created' }, makes: 0 },
    ],
  },
  mentions: {
    ...{ secret: SECRETS.slack, sign: (raw) => slack(raw) },
    deliveries: [
      { payload: MENTION, makes: 1 },
      { payload: { ...MENTION, event_id: 'Ev2', event: { type: 'message' } }, makes: 0 },
    ],
  },
  alerts: {
    ...{ secret: 'a secret of the two', sign: () => ({ Authorization: 'Bearer a secret of the two' }) },
    deliveries: [
      {
        payload: { ...ALERTS, alerts: [ALERT, { ...ALERT, fingerprint: 'b', status: 'resolved' }] },
        makes: 1,
      },
      { payload: { ...ALERTS, alerts: [ALERT, { ...ALERT, fingerprint: 'c' }] }, makes: 1 },
      { payload: { ...ALERTS, alerts: [{ ...ALERT, fingerprint: 'd' }, ALERT] }, makes: 1 },
    ],
  },
  nightly: {
    sign: () => ({}),
    deliveries: [
      { payload: {}, makes: 1 },
      { payload: {}, makes: 1 },
    ],
  },
};

function unpaid() {
  const data = { object: { ...STRIPE_EVENT.data.object, payment_status: 'unpaid' } };
  return { ...STRIPE_EVENT, id: 'evt_3', data };
}

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

it('has a trial here for each of its examples', () => {
  const names = examples.flatMap((example) => example.name ?? []);
  expect(names).toEqual(Object.keys(TRIALS));
});

describe.each(Object.entries(TRIALS))('its example %s', (name, { secret, sign: signs, deliveries }) => {
  it('makes the jobs that count, once', async () => {
    const own = await makeClient();
    const example = examples.find((one) => one.name === name);
    const verification = { ...example.verification, ...(secret === undefined ? {} : { secret }) };
    const hook = await makeHook(own, verification, example.mapping);
    let expected = 0;
    for (const { payload, more = {}, makes } of deliveries) {
      const raw = JSON.stringify(payload);
      const headers = { 'Content-Type': 'application/json', ...signs(raw), ...more };
      const answer = await send(null, 'POST', hook.path, { raw, headers });
      expect([201, 202], answer.text).toContain(answer.status);
      expected += makes;
      expect(await jobs(own)).toHaveLength(expected);
      if (name === 'nightly') continue;
      await send(null, 'POST', hook.path, { raw, headers });
      expect(await jobs(own)).toHaveLength(expected);
    }
  });
});

it('its hook for Slack answers the handshake', async () => {
  const example = examples.find((one) => one.name === 'mentions');
  const hook = await makeHook(client, { ...example.verification, secret: SECRETS.slack }, example.mapping);
  const raw = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd' });
  const headers = { 'Content-Type': 'application/json', ...slack(raw) };
  const answer = await send(null, 'POST', hook.path, { raw, headers });
  expect([answer.status, answer.text]).toEqual([200, '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd']);
});

it('its description of Zoom’s scheme takes a delivery and the handshake', async () => {
  const described = examples.find((one) => one.scheme === 'hmac');
  const set = { job_type: 'import', total_items: 1 };
  const hook = await makeHook(client, { ...described, secret: SECRETS.slack }, { action: 'create', set });
  const post = (payload: unknown) => {
    const raw = JSON.stringify(payload);
    const t = String(Math.floor(Date.now() / 1_000));
    const unsigned = { raw, url: '', now: 0, secret: SECRETS.slack };
    const code = `v0=${sign.hmac(unsigned, `v0:${t}:${raw}`)}`;
    const headers = {
      'X-Zm-Signature': code,
      'X-Zm-Request-Timestamp': t,
      'Content-Type': 'application/json',
    };
    return send(null, 'POST', hook.path, { raw, headers });
  };
  expect((await post({ event: 'meeting.ended', payload: { object: { id: '1' } } })).json.applied).toBe(true);
  const asked = await post({
    event: 'endpoint.url_validation',
    payload: { plainToken: 'qgg8vlvZRS6UYooatFL8Aw' },
  });
  expect(asked.json.plainToken).toBe('qgg8vlvZRS6UYooatFL8Aw');
});

it('names each preset in its table', () => {
  const table = page.slice(page.indexOf('| `scheme` | `secret` |'), page.indexOf('Who signs the URL'));
  const named = [...table.matchAll(/^\| `([a-z0-9_]+)` \| (?!`secret`)/gm)].map(([, name]) => name);
  expect(named).toEqual(PRESET_NAMES);
});
