/** Each preset of the table, as its sender calls: signed right, signed wrong, once more. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../src/domain/hook/presets';
import { type Client, makeClient } from '../support/client';
import { FORM_TYPE, hookFor, JSON_TYPE, ORIGIN, post, signed } from './presets/deliver-as';
import type { Partner } from './presets/partner';
import { PARTNERS } from './presets/partners';
import { twilioJson } from './presets/signers';
import { arrivals, jobs } from './senders';

/** The status of a good answer where it is no 202, and of a refused signature where it is no 404. */
const GOOD: Record<string, number> = { discord: 204, trello: 200, woocommerce: 200, xero: 200 };
const REFUSED: Record<string, number> = { discord: 401, xero: 401 };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

function written({ payload, form }: Partner): string {
  return form ? String(new URLSearchParams(payload as Record<string, string>)) : JSON.stringify(payload);
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
