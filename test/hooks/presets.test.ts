/** Each preset of the table, as its sender calls: signed right, signed wrong, once more, and the handshake before. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../src/domain/hook/presets';
import { type Client, makeClient, send } from '../support/client';
import { PARTNERS, type Partner } from './presets/partners';
import { slack, twilioJson, twitch } from './presets/signers';
import { arrivals, type Headers, type HookUnderTest, jobs, makeHook, SECRETS } from './senders';

const ORIGIN = 'https://headway.test';
/** The status of a good answer where it is no 202, and of a refused signature where it is no 404. */
const GOOD: Record<string, number> = { discord: 204, trello: 200, woocommerce: 200, xero: 200 };
const REFUSED: Record<string, number> = { discord: 401, xero: 401 };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

function written({ payload, form }: Partner): string {
  return form ? String(new URLSearchParams(payload as Record<string, string>)) : JSON.stringify(payload);
}

function signed(partner: Partner, { path }: HookUnderTest, raw: string, now = Date.now()): Headers {
  return partner.sign({ raw, url: ORIGIN + path, now, secret: partner.secret });
}

function post(path: string, raw: BodyInit, headers: Headers) {
  return send(null, 'POST', path, { raw, headers });
}

async function hookFor(own: Client, scheme: string, name: string, secret: string) {
  const mapping = { action: 'create', from: { name }, set: { job_type: 'import', total_items: 1 } };
  return makeHook(own, { scheme, secret }, mapping);
}

it('the table has the twenty-eight, and the public keys of Standard Webhooks', () => {
  expect(PRESET_NAMES.toSorted()).toEqual(Object.keys(PARTNERS).toSorted());
  expect(PRESET_NAMES).toHaveLength(29);
});

describe.each(Object.entries<Partner>(PARTNERS))('%s', (scheme, partner) => {
  const type = partner.form ? FORM_TYPE : JSON_TYPE;

  it('creates one job for what its sender signed, however often it comes', async () => {
    const own = await makeClient();
    const hook = await hookFor(own, scheme, partner.name, partner.secret);
    const raw = written(partner);
    const headers = { ...type, ...signed(partner, hook, raw) };
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await post(hook.path, raw, headers);
      expect(answer.status, answer.text).toBe(GOOD[scheme] ?? 202);
      if (scheme === 'xero' || scheme === 'discord') expect(answer.text).toBe('');
    }
    const [job, ...more] = await jobs(own);
    expect([job.job_type, more]).toEqual(['import', []]);
    expect(job.name).not.toBe('Import');
    const verdicts = (await arrivals(own, hook)).map((one: { verdict: string }) => one.verdict);
    expect(verdicts).toEqual(['replayed', 'applied']);
  });

  it('refuses it with a bit flipped: in the body, where it is signed, in the signature, or by another key', async () => {
    const own = await makeClient();
    const hook = await hookFor(own, scheme, partner.name, partner.secret);
    const raw = written(partner);
    const proof = signed(partner, hook, raw);
    const status = REFUSED[scheme] ?? 404;
    const bytes = new TextEncoder().encode(raw);
    const shared = scheme === 'gitlab' || scheme === 'alertmanager';
    for (const at of shared ? [] : [0, bytes.length >> 1, bytes.length - 1]) {
      const flipped = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect((await post(hook.path, flipped, { ...type, ...proof })).status, `byte ${at}`).toBe(status);
    }
    for (const [name, value] of Object.entries(proof)) {
      if (name === 'X-Gitlab-Event') continue;
      const last = value.replace(/=*$/, '').length - 1;
      const spoiled =
        value.slice(0, last) + String.fromCharCode(value.charCodeAt(last) ^ 1) + value.slice(last + 1);
      expect((await post(hook.path, raw, { ...type, ...proof, [name]: spoiled })).status, name).toBe(status);
    }
    expect((await post(hook.path, raw, type)).status).toBe(status);
    expect(await jobs(own)).toEqual([]);
  });
});

describe('a sender that signs the URL', () => {
  it.each(['hubspot', 'square', 'trello', 'twilio'] as const)(
    '%s: another hook’s delivery is refused',
    async (scheme) => {
      const partner: Partner = PARTNERS[scheme];
      const [one, two] = [
        await hookFor(client, scheme, partner.name, partner.secret),
        await hookFor(client, scheme, partner.name, partner.secret),
      ];
      const raw = written(partner);
      const headers = { ...(partner.form ? FORM_TYPE : JSON_TYPE), ...signed(partner, one, raw) };
      expect((await post(two.path, raw, headers)).status).toBe(404);
      expect((await post(`${one.path}?a=1`, raw, headers)).status).toBe(404);
    },
  );

  it('HubSpot signs it with twelve of its escapes decoded', async () => {
    const { name, secret, payload } = PARTNERS.hubspot as Partner;
    const hook = await hookFor(client, 'hubspot', name, secret);
    const raw = JSON.stringify(payload);
    const ask = async (query: string, signedQuery: string) => {
      const url = `${ORIGIN}${hook.path}?${signedQuery}`;
      const headers = PARTNERS.hubspot.sign({ raw, url, now: Date.now(), secret });
      return (await post(`${hook.path}?${query}`, raw, { ...JSON_TYPE, ...headers })).status;
    };
    const decoded = "q=https://x.example/a?b@c!d$e'f(g)h*i,j;k";
    const escaped = 'q=https%3A%2F%2Fx.example%2Fa%3Fb%40c%21d%24e%27f%28g%29h%2Ai%2Cj%3Bk';
    expect(await ask(escaped, decoded)).toBe(202);
    expect(await ask(escaped.toLowerCase(), decoded)).toBe(202);
    expect(await ask(escaped, escaped)).toBe(404);
    expect(await ask('q=a%20b%26c%3Dd%25e%C3%A9', 'q=a%20b%26c%3Dd%25e%C3%A9')).toBe(202);
    expect(await ask('q=a%20b', 'q=a b')).toBe(404);
  });

  it('Twilio’s JSON is bound by the digest in its URL', async () => {
    const hook = await hookFor(client, 'twilio', '/Sid', PARTNERS.twilio.secret);
    const raw = '{"Sid":"IM01"}';
    const { search, headers } = twilioJson({
      raw,
      url: ORIGIN + hook.path,
      now: 0,
      secret: PARTNERS.twilio.secret,
    });
    const sent = { ...JSON_TYPE, ...headers };
    expect((await post(hook.path + search, '{"Sid":"IM02"}', sent)).status).toBe(404);
    expect((await post(hook.path + search, raw, sent)).status).toBe(202);
  });
});

describe('a handshake', () => {
  it('Slack’s is answered with its challenge, under a valid signature alone', async () => {
    const hook = await hookFor(client, 'slack', '/event/type', SECRETS.slack);
    const raw = JSON.stringify({
      token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd',
      type: 'url_verification',
    });
    const it = { raw, url: '', now: Date.now(), secret: SECRETS.slack };
    const answer = await post(hook.path, raw, { ...JSON_TYPE, ...slack(it) });
    expect([answer.status, answer.text]).toEqual([200, '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd']);
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(
      (await post(hook.path, raw, { ...JSON_TYPE, ...slack({ ...it, secret: 'another secret' }) })).status,
    ).toBe(404);
    const [, kept] = await arrivals(client, hook);
    expect(kept).toMatchObject({ verdict: 'handshake', status: 200, job_id: null });
  });

  it.each(['<script>alert(1)</script>\u00e9', 'a\nb', 'x'.repeat(1_025), '', 7])(
    '%j is never echoed',
    async (challenge) => {
      const hook = await hookFor(client, 'slack', '/event/type', SECRETS.slack);
      const raw = JSON.stringify({ challenge, type: 'url_verification' });
      const answer = await post(hook.path, raw, {
        ...JSON_TYPE,
        ...slack({ raw, url: '', now: Date.now(), secret: SECRETS.slack }),
      });
      expect(answer.status).not.toBe(200);
    },
  );

  it('Twitch’s is answered with its challenge', async () => {
    const { secret } = PARTNERS.twitch;
    const hook = await hookFor(client, 'twitch', '/subscription/type', secret);
    const raw = JSON.stringify({
      challenge: 'pogchamp-kappa-360noscope-vohiyo',
      subscription: { id: 'f1c2a387' },
    });
    const headers = twitch({ raw, url: '', now: Date.now(), secret });
    const asked = { ...headers, 'Twitch-Eventsub-Message-Type': 'webhook_callback_verification' };
    const answer = await post(hook.path, raw, { ...JSON_TYPE, ...asked });
    expect([answer.status, answer.text]).toEqual([200, 'pogchamp-kappa-360noscope-vohiyo']);
  });

  it('Discord’s PING is answered: an event’s with 204, an interaction’s with PONG', async () => {
    const hook = await hookFor(client, 'discord', '/event/type', PARTNERS.discord.secret);
    const ping = async (payload: unknown) => {
      const raw = JSON.stringify(payload);
      return post(hook.path, raw, { ...JSON_TYPE, ...signed(PARTNERS.discord, hook, raw) });
    };
    const event = await ping({ version: 1, application_id: '12', type: 0 });
    expect([event.status, event.text]).toEqual([204, '']);
    const interaction = await ping({ id: '1', application_id: '12', type: 1, token: 'x', version: 1 });
    expect([interaction.status, interaction.json]).toEqual([200, { type: 1 }]);
    expect((await post(hook.path, '{"type":1}', JSON_TYPE)).status).toBe(401);
  });

  it('Trello’s HEAD is a 200, that of other hooks and of none a 405', async () => {
    const hook = await hookFor(client, 'trello', '/action/type', PARTNERS.trello.secret);
    expect((await send(null, 'HEAD', hook.path)).status).toBe(200);
    const other = await hookFor(client, 'square', '/type', PARTNERS.square.secret);
    expect((await send(null, 'HEAD', other.path)).status).toBe(405);
    expect((await send(null, 'HEAD', `${hook.path.slice(0, -1)}z`)).status).toBe(405);
  });

  it('Xero’s intent to receive is a 200 or a 401 without a word, and makes no job', async () => {
    const own = await makeClient();
    const mapping = {
      ...{
        action: 'create',
        from: { name: '/events/0/eventCategory' },
        set: { job_type: 'import', total_items: 1 },
      },
    };
    const hook = await makeHook(own, { scheme: 'xero', secret: PARTNERS.xero.secret }, mapping);
    const raw = JSON.stringify({
      events: [],
      firstEventSequence: 0,
      lastEventSequence: 0,
      entropy: 'S0m3r4Nd0mt3xt',
    });
    const good = await post(hook.path, raw, { ...JSON_TYPE, ...signed(PARTNERS.xero, hook, raw) });
    expect([good.status, good.text]).toEqual([200, '']);
    expect((await post(hook.path, raw, { ...JSON_TYPE, 'x-xero-signature': 'AAAA' })).status).toBe(401);
  });

  it('WooCommerce’s unsigned ping is a 200 without effect; any other unsigned form is refused', async () => {
    const own = await makeClient();
    const hook = await hookFor(own, 'woocommerce', '/order_key', PARTNERS.woocommerce.secret);
    expect((await post(hook.path, 'webhook_id=12', FORM_TYPE)).status).toBe(200);
    expect((await post(hook.path, 'webhook_id=12&order_key=x', FORM_TYPE)).status).toBe(404);
    expect(await jobs(own)).toEqual([]);
    const other = await hookFor(own, 'shopify', '/name', PARTNERS.shopify.secret);
    expect((await post(other.path, 'webhook_id=12', FORM_TYPE)).status).toBe(404);
  });

  it('Meta’s GET is answered where the token is the one agreed on', async () => {
    const verification = {
      ...{ scheme: 'github', secret: SECRETS.github, handshake: { kind: 'meta', verify_token: 'agreed on' } },
    };
    const made = await client.post('/api/hooks', {
      ...{
        name: 'meta',
        verification,
        mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
      },
    });
    expect(made.json.verification.handshake).toEqual({ kind: 'meta' });
    const { pathname } = new URL(made.json.url);
    const ask = (token: string, challenge = '1158201444') =>
      send(
        null,
        'GET',
        `${pathname}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${challenge}`,
      );
    const answer = await ask('agreed%20on');
    expect([answer.status, answer.text]).toEqual([200, '1158201444']);
    expect((await ask('another')).status).toBe(405);
    expect((await ask('agreed%20on', '%3Cb%3E%0a')).status).toBe(405);
  });

  it('Zoom’s token is signed, and nothing that could be a delivery', async () => {
    const verification = {
      ...{
        scheme: 'hmac',
        secret: SECRETS.slack,
        header: 'X-Zm-Signature',
        prefix: 'v0=',
        signed: 'v0:{t}:{body}',
      },
      ...{ timestamp_header: 'X-Zm-Request-Timestamp', handshake: { kind: 'zoom' } },
    };
    const hook = await makeHook(client, verification);
    const ask = (plainToken: string) => {
      const raw = JSON.stringify({
        payload: { plainToken },
        event_ts: 1_795_340_801_000,
        event: 'endpoint.url_validation',
      });
      const { 'X-Slack-Signature': code = '', 'X-Slack-Request-Timestamp': t = '' } = slack({
        ...{ raw, url: '', now: Date.now(), secret: SECRETS.slack },
      });
      return post(hook.path, raw, { ...JSON_TYPE, 'X-Zm-Signature': code, 'X-Zm-Request-Timestamp': t });
    };
    const answer = await ask('qgg8vlvZRS6UYooatFL8Aw');
    expect([answer.status, answer.json]).toEqual([
      200,
      { plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    for (const token of ['v0:1795340801:{}', 'x'.repeat(129), '']) {
      expect((await ask(token)).status).toBe(422);
    }
  });

  it('of CloudEvents, Event Grid’s too, is a permission that OPTIONS asks for', async () => {
    const grid = await makeHook(client, { scheme: 'token', handshake: { kind: 'event_grid' } });
    const ask = (headers: Headers, path = grid.path) => send(null, 'OPTIONS', path, { headers });
    const answer = await ask({
      'WebHook-Request-Origin': 'eventgrid.azure.net',
      'WebHook-Request-Rate': '120',
      'WebHook-Request-Callback': 'https://eventgrid.azure.net/callback?id=7',
    });
    expect([answer.status, answer.text]).toEqual([200, '']);
    const names = ['WebHook-Allowed-Origin', 'WebHook-Allowed-Rate', 'Allow'];
    expect(names.map((name) => answer.headers.get(name))).toEqual(['eventgrid.azure.net', '*', 'POST']);
    const [kept] = await arrivals(client, grid);
    expect(kept).toMatchObject({ verdict: 'handshake', status: 200, job_id: null });
    const bad = ['', 'a b', '<script>', 'x'.repeat(256), 'a, b'];
    for (const origin of bad) {
      expect((await ask({ 'WebHook-Request-Origin': origin })).status, origin).toBe(405);
    }
    const other = await makeHook(client, { scheme: 'token' });
    const forged = grid.path.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const path of [other.path, forged]) {
      const refused = await ask({ 'WebHook-Request-Origin': 'eventgrid.azure.net' }, path);
      expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'POST']);
      expect(refused.headers.has('WebHook-Allowed-Origin')).toBe(false);
    }
    const event = { specversion: '1.0', id: 'a', source: '/x', type: 'y', data: {}, n: 1 };
    const type = { 'Content-Type': 'application/cloudevents+json; charset=utf-8' };
    const delivered = await post(grid.path, JSON.stringify(event), type);
    expect([delivered.status, delivered.json.applied], delivered.text).toEqual([202, true]);
  });

  it('Event Grid’s code and a described echo come back as they want it', async () => {
    const grid = await makeHook(client, { scheme: 'token', handshake: { kind: 'event_grid' } });
    const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
    const event = {
      id: '2d17',
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      data: { validationCode: code },
    };
    const answer = await post(grid.path, JSON.stringify([event]), JSON_TYPE);
    expect([answer.status, answer.json]).toEqual([200, { validationResponse: code }]);
    const echo = { kind: 'echo', pointer: '/challenge', as: 'json' };
    const described = await makeHook(client, {
      scheme: 'basic',
      secret: 'partner:pass word',
      handshake: echo,
    });
    const credential = { Authorization: `Basic ${btoa('partner:pass word')}` };
    const echoed = await post(described.path, '{"challenge":"x\\"y"}', { ...JSON_TYPE, ...credential });
    expect([echoed.status, echoed.json]).toEqual([200, 'x"y']);
    expect(
      (await post(described.path, '{"challenge":"x"}', { ...JSON_TYPE, Authorization: 'Basic AAAA' })).status,
    ).toBe(404);
  });
});
