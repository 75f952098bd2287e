/** What a sender asks before its first delivery, and what it is answered. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, makeClient, send } from '../support/client';
import { FORM_TYPE, hookFor, JSON_TYPE, post, signed } from './presets/deliver-as';
import { PARTNERS } from './presets/partners';
import { slack, twitch } from './presets/signers';
import { arrivals, type Headers, jobs, makeHook, SECRETS } from './senders';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
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
      (await post(hook.path, raw, { ...JSON_TYPE, ...slack({ ...it, secret: 'another secret of theirs' }) }))
        .status,
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
    const kept = { verdict: 'handshake', job_id: null };
    expect(await arrivals(client, hook)).toMatchObject([
      { ...kept, status: 200 },
      { ...kept, status: 204 },
    ]);
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
